internal import Quipu

/// Takes an entry of the log back, and says what came of it.
struct UndoPresentation {
    private static let mostListed = 20
    private static let merge = "mergedInto"
    /// Of an element of a set.
    private static let (isIn, isOut) = (Array("true".utf8), Array("false".utf8))

    let archive: Archive
    let entry: LogEntry
    let isDryRun: Bool
    /// Whether the user named the entry.
    let isNamed: Bool
    let output: Output

    /// - Throws: `QuipuError.unknownVersion`.
    static func find(_ text: String, in snapshot: borrowing Snapshot) throws -> LogEntry {
        do throws(QuipuError) {
            return try snapshot.findEntry(text)
        } catch {
            switch error.code {
            case .unknownVersion: throw error.hinting("the log names its entries: quipu log")
            case .ambiguousHandle: throw error.hinting("give more of the name, as in: quipu log --json")
            default: throw error
            }
        }
    }

    func run() throws -> ExitCode {
        let report: UndoReport
        // Who made the same with another command is told before it is taken back.
        let preview: UndoReport
        do throws(QuipuError) {
            preview = try archive.previewUndo(of: entry)
        } catch {
            guard error.code == .purged, !isNamed, let before = try lastUndoable() else { throw error }
            throw error.hinting("the one before can be undone: quipu undo \(before.version.short)")
        }
        say(sharedWith: preview)
        report = isDryRun || preview.changes.isEmpty ? preview : try archive.undo(entry)
        output.json(json(of: report))
        let before = report.changes.isEmpty && !isNamed ? try lastUndoable() : nil
        if !output.isJSON { try archive.read { try present(report, before: before, in: $0) } }
        return report.left.isEmpty ? .done : .failed
    }

    /// The last entry of this mirror before this one of which something can be undone.
    private func lastUndoable() throws -> LogEntry? {
        var entry = entry
        for _ in 0..<Self.mostListed {
            guard let before = try archive.read({ try $0.lastOwnEntry(before: entry) }) else { return nil }
            if let preview = try? archive.previewUndo(of: before), !preview.changes.isEmpty { return before }
            entry = before
        }
        return nil
    }

    private func say(sharedWith report: UndoReport) {
        for other in report.sharedWith {
            output.advise(
                "\(TerminalSanitizer.line(other.author)) made the same on \(output.clock.short(milliseconds: other.timeMilliseconds))"
                    + " (\(other.version.short)); it is one version, and is taken back for both")
        }
    }

    private func present(
        _ report: UndoReport, before: LogEntry?, in snapshot: borrowing Snapshot
    ) throws {
        let isRedo = entry.role == .undo
        let told = entry.words.map { TerminalSanitizer.line($0) } ?? "a change"
        let words = isRedo && told.hasPrefix("undo ") ? String(told.dropFirst(5)) : told
        let verb = isDryRun ? "would \(isRedo ? "redo" : "undo")" : isRedo ? "redid" : "undid"
        let name =
            "\(words) (\(entry.version.short), \(TerminalSanitizer.line(entry.author)), \(entry.shortTime(in: output.clock)))"
        if report.changes.isEmpty {
            output.remark(
                report.left.isEmpty
                    ? "nothing to \(isRedo ? "redo" : "undo") in \(name)"
                    : "nothing was \(isRedo ? "redone" : "undone") of \(name)")
        } else if report.changes.allSatisfy({ $0.effect == .gaveWay }) {
            output.remark("\(isDryRun ? "would leave" : "left") what others wrote in place of \(name)")
        } else {
            output.remark("\(verb) \(name)")
        }
        try list(try changeLines(report.changes, in: snapshot)) { output.remark($0) }
        let left = try report.left.prefix(Self.mostListed).map { try line(of: $0, in: snapshot) }
        for line in left { output.warn(line) }
        if report.left.count > left.count {
            output.warn("and \(report.left.count - left.count) more were left")
        }
        let reopened = report.changes.contains {
            if case .reopenedConflict = $0.effect { true } else { false }
        }
        if reopened, !isDryRun { output.advise("open conflicts: quipu conflicts") }
        if let before {
            output.advise("the one before: quipu undo \(before.version.short)")
        }
        if isDryRun { output.remark("nothing was written") }
        if report.version != nil {
            output.advise(
                entry.role == .undo ? "take it back again: quipu undo" : "bring it back: quipu redo")
        }
    }

    private func list(_ lines: [String], _ say: (String) -> Void) throws {
        for line in lines.prefix(Self.mostListed) { say("  " + line) }
        if lines.count > Self.mostListed { say("  and \(lines.count - Self.mostListed) more") }
    }

    /// One line a record; of records that were deleted only how many, if they are several.
    private func changeLines(
        _ changes: [UndoReport.Change], in snapshot: borrowing Snapshot
    ) throws -> [String] {
        var lines: [String] = []
        let deleted = isDryRun ? "would delete" : "deleted"
        let restored = isDryRun ? "would bring back" : "brought back"
        let wholes: [(words: (String) -> String, records: [RecordID])] = [
            ({ "\(deleted) \($0), which it had made" }, whole(changes, .deletedRecord, isMade: true)),
            ({ "\(deleted) \($0)" }, whole(changes, .deletedRecord, isMade: false)),
            ({ "\(restored) \($0)" }, whole(changes, .restoredRecord, isMade: false)),
        ]
        for (words, records) in wholes {
            guard let counts = RecordText.counts(records.map(\.kind)) else { continue }
            lines.append(words(records.count == 1 ? try title(records[0], in: snapshot) : counts))
        }
        var byRecord: [(record: RecordID, parts: [String])] = []
        for change in changes where ![.deletedRecord, .restoredRecord].contains(change.effect) {
            let part = try part(of: change, in: snapshot)
            if byRecord.last?.record == change.record {
                byRecord[byRecord.count - 1].parts.append(part)
            } else {
                byRecord.append((change.record, [part]))
            }
        }
        for item in byRecord {
            lines.append("\(try title(item.record, in: snapshot)): \(item.parts.joined(separator: ", "))")
        }
        return lines
    }

    /// The records that were deleted or brought back as a whole.
    private func whole(
        _ changes: [UndoReport.Change], _ effect: UndoReport.Change.Effect, isMade: Bool
    ) -> [RecordID] {
        changes.filter { $0.effect == effect && ($0.field == nil) == isMade }.map(\.record)
    }

    private func part(of change: UndoReport.Change, in snapshot: borrowing Snapshot) throws -> String {
        let field = change.field ?? ""
        let name = TerminalSanitizer.line(try snapshot.fieldTitle(field))
        switch change.effect {
        case .gaveBack where field == Self.merge, .removedValue where field == Self.merge:
            return try mergePart(of: change, in: snapshot)
        case .gaveWay where field == Self.merge: return "merged or not as others have it"
        case .gaveBack:
            // An element of a set is in it or is not; a preview tells what is there still.
            let json =
                field.contains("/")
                ? try snapshot.recordByItself(change.record.description).fields.json(of: field) : nil
            guard let json, json == Self.isIn || json == Self.isOut else { return "\(name) as before" }
            return (json == Self.isIn) != isDryRun ? "\(name) put back" : "\(name) taken out"
        case .removedValue: return "\(name) removed"
        case .reopenedConflict(let values): return "\(name) in conflict again, between \(values) values"
        case .gaveWay where field == "deleted": return "deleted or not as others have it"
        case .gaveWay: return "\(name) as others have it"
        case .deletedRecord: return "deleted"
        case .restoredRecord: return "brought back"
        }
    }

    /// A merge that is taken back, or made again. A preview tells what is there still.
    private func mergePart(of change: UndoReport.Change, in snapshot: borrowing Snapshot) throws -> String {
        let present = try snapshot.recordByItself(change.record.description).mergedInto
        return (present == nil) != isDryRun ? "shown by itself again" : "merged again"
    }

    private func line(of left: UndoReport.Left, in snapshot: borrowing Snapshot) throws -> String {
        let what = try left.field.map { "\(TerminalSanitizer.line(try snapshot.fieldTitle($0))) of " } ?? ""
        let subject = "left \(what)\(try title(left.record, in: snapshot)): "
        func by(_ author: String, _ time: Int64) -> String {
            "\(TerminalSanitizer.line(author)), \(output.clock.short(milliseconds: time))"
        }
        switch left.reason {
        case .changed(let author, let time): return subject + "changed since (\(by(author, time)))"
        case .recordInUse(let author, let time):
            return subject + "somebody wrote in it since (\(by(author, time)))"
        case .collectionInUse: return subject + "articles are in it that stay"
        case .recordDeleted:
            return subject + "the record is deleted; restore it first: quipu restore \(left.record.handle)"
        case .textMissing: return subject + "its former text is not on this mirror (quipu compact)"
        case .purged: return subject + "it was purged since"
        }
    }

    private func title(_ id: RecordID, in snapshot: borrowing Snapshot) throws -> String {
        RecordText.title(id, caption: try snapshot.caption(of: id))
    }

    private func json(of report: UndoReport) -> JSONText {
        [
            "entry": JSONText(entry.version.description), "words": JSONText(entry.words),
            "dryRun": JSONText(isDryRun), "version": JSONText(report.version?.description),
            "changes": JSONText(
                report.changes.map { change in
                    let values: JSONText =
                        if case .reopenedConflict(let values) = change.effect { JSONText(values) } else {
                            nil
                        }
                    return [
                        "id": JSONText(change.record.uuid), "kind": JSONText(change.record.kind.rawValue),
                        "field": JSONText(change.field), "effect": JSONText(change.effect.word),
                        "values": values,
                    ]
                }),
            "left": JSONText(
                report.left.map { left in
                    [
                        "id": JSONText(left.record.uuid), "kind": JSONText(left.record.kind.rawValue),
                        "field": JSONText(left.field), "reason": JSONText(left.reason.word),
                    ]
                }),
            "sharedWith": JSONText(
                report.sharedWith.map { other in
                    ["version": JSONText(other.version.description), "author": JSONText(other.author)]
                }),
        ]
    }
}

extension UndoReport.Change.Effect {
    fileprivate var word: String {
        switch self {
        case .deletedRecord: "deletedRecord"
        case .restoredRecord: "restoredRecord"
        case .gaveBack: "gaveBack"
        case .removedValue: "removedValue"
        case .reopenedConflict: "reopenedConflict"
        case .gaveWay: "gaveWay"
        }
    }
}

extension UndoReport.Left.Reason {
    fileprivate var word: String {
        switch self {
        case .changed: "changed"
        case .recordInUse: "recordInUse"
        case .collectionInUse: "collectionInUse"
        case .recordDeleted: "recordDeleted"
        case .textMissing: "textMissing"
        case .purged: "purged"
        }
    }
}
