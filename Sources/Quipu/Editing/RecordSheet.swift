internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuFormats
internal import QuipuInterchange
internal import QuipuStorage

/// Records as one text that a person edits, and what the edited text changes.
///
/// Each record is a line that names it, its fields as front matter, and its text:
///
///     <!-- quipu: article:018f6b6e-7a51-7cc2-9d2c-0f8a4f1f6a52 -->
///     ---
///     title: High water
///     tags: [river]
///     ---
///     On Monday the river rose.
///
/// An edit replaces the versions that were seen when the sheet was made. What somebody else has written since then is in
/// conflict with it; what this replica itself has written since is shown first (`Meanwhile`).
package struct RecordSheet: Sendable {
    /// More are edited by `quipu set`, or in parts.
    package static let mostRecords = 200
    package static let mostBytes = 16 << 20
    /// The field of a record that is deleted.
    package static let deletion = "deleted"

    /// Why an edited text cannot be taken.
    package struct Mistake: Error, Sendable {
        package let reason: String
        package let hint: String?
        /// Counted from 0; nil where it is no line's.
        package let line: Int?
    }

    /// Fields that this replica has changed since the sheet was made, and that the edited text changes too.
    package struct Meanwhile: Error, Sendable {
        package let fields: [(record: RecordID, field: String)]
    }

    struct Entry: Sendable {
        let record: Record
        let form: SheetForm
        /// What the text says before it is edited.
        let members: [EditableText.Member]
        let text: String
        /// The ids of its collections by what the text calls them.
        let collections: [String: String]
        /// The versions of its fields that were seen.
        var seen: [String: [TransactionName]]
    }

    private(set) var entries: [Entry]

    /// What to edit.
    package let text: String

    /// - Throws: `deleted`; `textMissing` if a text is not on this mirror; `tooLarge`.
    package init(of ids: [RecordID], in snapshot: borrowing Snapshot) throws(QuipuError) {
        guard ids.count <= Self.mostRecords else {
            throw QuipuError(
                .tooLarge, "one text holds at most \(Self.mostRecords) records, and these are \(ids.count)",
                hint: "edit fewer at a time")
        }
        var entries: [Entry] = []
        var text = ""
        for id in ids {
            let entry = try Self.entry(id, in: snapshot)
            if !text.isEmpty { text += "\n" }
            text += Self.marker(id) + "\n" + entry.written
            entries.append(entry)
            guard text.utf8.count <= Self.mostBytes else {
                throw QuipuError(
                    .tooLarge, "these records are longer together than \(Self.mostBytes >> 20) MiB",
                    hint: "edit fewer at a time")
            }
        }
        self.entries = entries
        self.text = LineEnds.folded(text)
        let lines = LineEnds.lines(of: text).count { $0.hasPrefix(Self.markerStart) }
        guard lines == entries.count else {
            throw QuipuError(
                .wrongType, "a text has a line that begins with '\(Self.markerStart)'",
                hint: "set its fields one by one, with the text from a file")
        }
    }

    private static func entry(_ id: RecordID, in snapshot: borrowing Snapshot) throws(QuipuError) -> Entry {
        guard let record = try snapshot.record(id) else {
            throw QuipuError(.unknownRecord, "there is no record \(id)")
        }
        let name = "\(id.kind) \(id.handle)"
        guard !record.isDeleted else {
            throw QuipuError(
                .deleted, "\(name) is deleted", remedy: .init(Remedy(.restoreFirst, id.handle)))
        }
        let missing = try snapshot.missingTexts(of: record)
        if let field = missing.first {
            throw QuipuError(
                .textMissing, "the text of '\(field)' of \(name) is not on this mirror",
                hint: "sync with a mirror that has it")
        }
        let form = SheetForm(id.kind)
        return Entry(
            record: record, form: form, members: try form.members(of: record, in: snapshot),
            text: form.prose.flatMap { record.fields.string($0) } ?? "",
            collections: try form.collections(of: record, in: snapshot),
            seen: try QuipuError.presenting { try snapshot.store.records.heads(of: record.stored) })
    }

    private static let markerStart = "<!-- quipu: "

    private static func marker(_ id: RecordID) -> String { "\(markerStart)\(id) -->" }

    /// What an edited text changes.
    package struct Change: Sendable {
        package let record: Record
        /// With typed values.
        let fields: [(name: String, value: TypedValue)]

        package var fieldNames: [String] { fields.map(\.name) }
    }

    /// Reads an edited text. A record that is left out stays as it is.
    ///
    /// - Throws: `Mistake`.
    package func changes(in edited: String) throws(Mistake) -> [Change] {
        var changes: [Change] = []
        var seen: Set<RecordID> = []
        for block in try blocks(of: edited) {
            guard let entry = entries.first(where: { $0.record.id == block.id }) else {
                throw Mistake(
                    reason: "\(block.id) is none of the records that are edited", hint: nil,
                    line: block.line - 1)
            }
            guard seen.insert(block.id).inserted else {
                throw Mistake(reason: "\(block.id) occurs twice", hint: nil, line: block.line - 1)
            }
            do throws(EditableText.Mistake) {
                let form = entry.form
                let text = try EditableText(parsing: block.text, isTextName: form.isTextName)
                let fields = try entry.changes(to: text)
                if !fields.isEmpty { changes.append(Change(record: entry.record, fields: fields)) }
            } catch {
                throw Mistake(reason: error.reason, hint: nil, line: block.line + error.line)
            }
        }
        return changes
    }

    /// The records whose parts an edited text has no more.
    ///
    /// - Throws: `Mistake`.
    package func leftOut(of edited: String) throws(Mistake) -> [RecordID] {
        let kept = Set(try blocks(of: edited).map(\.id))
        return entries.map(\.record.id).filter { !kept.contains($0) }
    }

    private struct Block {
        let id: RecordID
        var text: String
        /// Its first line.
        let line: Int
    }

    /// The parts between the lines that name records.
    private func blocks(of edited: String) throws(Mistake) -> [Block] {
        var blocks: [Block] = []
        var number = 0
        for line in edited.split(separator: "\n", omittingEmptySubsequences: false) {
            defer { number += 1 }
            if line.hasPrefix(Self.markerStart) {
                let end = line.dropFirst(Self.markerStart.count).prefix { $0 != " " }
                if let id = RecordID(String(end)) {
                    blocks.append(Block(id: id, text: "", line: number + 1))
                    continue
                }
            }
            if blocks.isEmpty {
                guard line.allSatisfy(\.isWhitespace) else {
                    throw Mistake(
                        reason: "a record begins with the line that names it",
                        hint: "put it back: \(entries.first.map { Self.marker($0.record.id) } ?? "")",
                        line: number)
                }
            } else {
                blocks[blocks.count - 1].text += line
                blocks[blocks.count - 1].text += "\n"
            }
        }
        for index in blocks.indices {
            // Each line was given an end, which the last one of all does not have; a blank line stands between records.
            let isLast = index == blocks.count - 1
            if isLast { blocks[index].text.removeLast() }
            // Also where what stood behind it was taken out.
            let wasLast = blocks[index].id == entries.last?.record.id
            if !(isLast && wasLast), blocks[index].text.hasSuffix("\n\n") { blocks[index].text.removeLast() }
        }
        return blocks
    }

    /// The same for somebody who has now seen what these fields have.
    package func seeing(_ meanwhile: Meanwhile, in snapshot: borrowing Snapshot) throws(QuipuError)
        -> RecordSheet
    {
        var sheet = self
        for (id, field) in meanwhile.fields {
            guard let index = entries.firstIndex(where: { $0.record.id == id }),
                let now = try snapshot.record(id)
            else { continue }
            sheet.entries[index].seen[field] = try QuipuError.presenting {
                try snapshot.store.records.heads(of: now.stored)[field]
            }
        }
        return sheet
    }
}

extension RecordSheet.Entry {
    var written: String {
        EditableText(members: members, text: text).written(isTextName: form.isTextName)
    }

    fileprivate func changes(
        to edited: EditableText
    ) throws(EditableText.Mistake) -> [(name: String, value: TypedValue)] {
        // Compared with what the text said, read in the same way.
        let before = try EditableText(parsing: LineEnds.folded(written), isTextName: form.isTextName)
        var fields: [(name: String, value: TypedValue)] = []
        let names = before.members.map(\.name) + edited.members.map(\.name)
        var seen: Set<String> = []
        for name in names where seen.insert(name).inserted {
            let null = JSONLiteral.null
            let old = before.members.first { $0.name == name }?.json ?? null
            let new = edited.members.first { $0.name == name }?.json ?? null
            if old != new { fields += form.fields(name, from: old, to: new, collections) }
        }
        if let prose = form.prose {
            let isSame =
                before.text == edited.text || edited.text.allSatisfy(\.isWhitespace) && before.text.isEmpty
            let new = LineEnds.areCRLF(self.text) ? LineEnds.withCRLF(edited.text) : edited.text
            if !isSame { fields.append((prose, new.isEmpty ? .json(null) : .word(new))) }
        } else if !edited.text.allSatisfy(\.isWhitespace) {
            throw EditableText.Mistake(reason: "\(record.kind) has no text below its fields", line: 0)
        }
        return fields
    }

    private var null: [UInt8] { JSONLiteral.null }
}
