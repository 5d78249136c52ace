internal import QuipuCausality
internal import QuipuStorage

/// What people do on their machines.
extension World {
    /// Records with fixed ids come first; further ones are those that imports made.
    private static let fixedRecordCount = 3
    private static let fields = ["title", "body", "author"]
    private static let tags = ["river", "market", "frost"]

    /// Runs a command that writes. Once it returns, what it wrote must last.
    func write(on machine: Machine, _ body: (Store) throws -> String) throws -> String {
        guard let store = machine.store else { return "no machine" }
        do {
            // What came in with an exchange that failed is in the author's hands too.
            try machine.refresh(&ledger)
            let known = ledger.chains.count
            let outcome = try body(store)
            try machine.acknowledge(&ledger)
            try noteStampings(from: known, on: machine)
            return outcome
        } catch {
            if !machine.disk.isDown { try machine.refresh(&ledger) }
            throw error
        }
    }

    func work(_ step: Step, in store: Store) throws -> String {
        let p = step.parameters
        let author = "author\(p[0])"
        switch step.action {
        case .edit:
            let field = Self.fields[p[2]]
            return try edit(
                [p[1]], [(field, field == "body" ? prose(p[3], step) : text(p[3], step))], step, store)
        case .editTwoFields:
            return try edit(
                [p[1]], [("title", text(p[2], step)), ("body", prose(p[2], step))], step, store)
        case .editTwoRecords:
            return try edit([p[1], p[2]], [(Self.fields[p[3]], text(p[4], step))], step, store)
        case .tag:
            return try edit([p[1]], [("tags/" + Self.tags[p[2]], p[3] == 1 ? "true" : "false")], step, store)
        case .collect:
            let collection = Self.collection(p[2]).text
            return try edit(
                [p[1]], [("collections/" + collection, p[3] == 1 ? "true" : "false")], step, store)
        case .writeLongText:
            let filling = String(
                repeating: "water \(p[2] < 3 ? p[2] : step.number) ", count: 8_000 + p[2] * 3_000)
            return try edit([p[1]], [("body", "\"\(filling)\"")], step, store)
        case .importArticle:
            return try importArticles([(p[1], p[2])], into: nil, author, store)
        case .importFile:
            return try importArticles(
                [(p[1], p[2]), ((p[1] + 1) % 3, p[2]), (3, p[2])], into: "Press \(p[3])", author, store)
        case .importShared: return try importShared([p[1], p[2]], author, store)
        case .annotate: return try annotate(p[1], text(p[2], step), step, store)
        case .editNote:
            guard let note = try notes(in: store)[round: p[1]], !note.isDeleted else {
                return "nothing there"
            }
            return try write([("text", text(p[2], step))], to: [note.id], kind: "annotation", step, store)
        case .delete:
            guard let id = try record(p[1], in: store), try store.view(id, kind: "article") != nil else {
                return "nothing there"
            }
            return try store.delete(id, kind: "article", author: author) == nil
                ? "deleted already" : "deleted"
        case .deleteNote:
            guard let note = try notes(in: store)[round: p[1]] else { return "nothing there" }
            _ = try store.delete(note.id, kind: "annotation", author: author)
            return "deleted"
        case .restore:
            guard let id = try record(p[1], in: store), try store.view(id, kind: "article")?.isDeleted == true
            else { return "nothing there" }
            return try restore(id, kind: "article", author, store)
        case .purge:
            guard let id = try record(p[1], in: store), let view = try store.view(id, kind: "article") else {
                return "nothing there"
            }
            // Only what is deleted is purged; some is deleted for that.
            if !view.isDeleted {
                if p[1] % 2 == 1 { return "not deleted" }
                _ = try store.delete(id, kind: "article", author: author)
            }
            return try purge(id, author, store)
        case .resolve: return try resolve(p[1], choice: p[2], author, step, store)
        case .setMergePolicy:
            let policy = p[2] == 0 ? "manual" : "automatic"
            return try write(
                [("name", "\"Collection \(p[1])\""), ("merge", "\"\(policy)\"")],
                to: [Self.collection(p[1])], kind: "collection", step, store)
        case .fillCollection: return try fillCollection(step, in: store)
        case .emptyCollection: return try emptyCollection(step, in: store)
        case .mergeRecords:
            guard let keep = try record(p[1], in: store), let other = try record(p[2], in: store) else {
                return "nothing there"
            }
            return try write(.merge([other], into: keep, kind: "article"), author, store)
        case .unmergeRecord:
            guard let id = try record(p[1], in: store) else { return "nothing there" }
            return try write(.unmerge(id, kind: "article"), author, store)
        case .merge: return "\(try store.merging.mergeByPolicy(author: author).count) merged"
        default: return try compact(store)
        }
    }

    private static func collection(_ number: Int) -> RecordID { RecordID(rawValue: UInt128(500 + number)) }

    /// A paragraph in which an edit changes one word, so that two edits can be merged: JSON.
    private func prose(_ value: Int, _ step: Step) -> String {
        var words = Self.paragraph
        if value > 0 { words[value * 4 % words.count] = value < 3 ? "frost" : "step\(step.number)" }
        return "\"\(words.joined(separator: " "))\""
    }

    private static let paragraph =
        ("the river carried more water than anyone remembered and the market by the bridge was closed"
        + " for three days while the people of both towns moved grain up the hill before night")
        .split(separator: " ").map(String.init)

    /// JSON of a value: the first three are the same for everybody, the others are new.
    private func text(_ value: Int, _ step: Step) -> String {
        value < 3 ? "\"value \(value)\"" : "\"value of step \(step.number)\""
    }

    private func record(_ number: Int, in store: Store) throws -> RecordID? {
        if number < Self.fixedRecordCount { return RecordID(rawValue: UInt128(1 + number)) }
        let all = try articles(in: store).filter { $0.id.rawValue > 1_000 }
        return all[round: number]?.id
    }

    private func articles(in store: Store) throws -> [Record] { try records("article", in: store) }
    private func notes(in store: Store) throws -> [Record] { try records("annotation", in: store) }

    /// Each by itself, whatever it is merged into.
    private func records(_ kind: String, in store: Store) throws -> [Record] {
        var filter = RecordFilter()
        filter.kind = kind
        filter.includesDeleted = true
        filter.showsEachRecord = true
        var found: [Record] = []
        try store.forEachRecord(filter) { record in
            found.append(record)
            return true
        }
        return found.sorted { $0.id < $1.id }
    }

    private func edit(
        _ records: [Int], _ values: [(field: String, json: String)], _ step: Step, _ store: Store
    ) throws -> String {
        var ids: [RecordID] = []
        for number in records {
            guard let id = try record(number, in: store), !ids.contains(id),
                try store.view(id, kind: "article")?.isDeleted != true
            else { continue }
            ids.append(id)
        }
        return ids.isEmpty ? "nothing there" : try write(values, to: ids, kind: "article", step, store)
    }

    /// An edit by hand, noted as it was asked for.
    func write(
        _ values: [(field: String, json: String)], to ids: [RecordID], kind: String, _ step: Step,
        _ store: Store
    ) throws -> String {
        let changes = values.map { Edit.Change(field: $0.field, json: Array($0.json.utf8)) }
        let shown = Set(try ids.map { try store.view($0, kind: kind)?.id ?? $0 })
        let outcome = try store.edit(
            ids.map { Edit(id: $0, kind: kind, changes: changes) }, author: "author\(step.parameters[0])")
        guard let name = outcome.version else { return "so already" }
        guard let chain = try store.log.entry(of: name)?.chain else {
            throw Violation("an edit is in the log when it returns", "\(name)")
        }
        try checkEdit(name, of: Set(changes.map(\.field)), in: shown, kind, store)
        try checkStamp(of: machine(step.parameters[0]), store)
        let number = ledger.number(of: chain, foundBehind: machine(step.parameters[0]).held)
        var hashes: [String: ValueHash] = [:]
        for change in changes { hashes[change.field] = ValueHash(of: change.json) }
        ledger.note(Ledger.Edit(step: step.number, records: ids, kind: kind, values: hashes), at: number)
        return "written"
    }

    /// No stamp from elsewhere pulls a clock along by more than a day, and a little for stamps of one millisecond.
    private func checkStamp(of machine: Machine, _ store: Store) throws {
        let ahead = try machine.latestStampMilliseconds() - store.clock.correctedNow()
        guard ahead <= Limits.clockToleranceMilliseconds + 1_000 else {
            throw Violation("no stamp runs more than a day ahead of its writer's clock", "by \(ahead) ms")
        }
    }

    private func importArticles(
        _ sources: [(source: Int, content: Int)], into collection: String?, _ author: String, _ store: Store
    ) throws -> String {
        var membership: [(name: String, json: [UInt8])] = []
        if let collection {
            do {
                let id = try store.collections.importOne(named: collection, author: author)
                membership = [("collections/" + id.text, Array("true".utf8))]
            } catch let error as StorageError where error.code == .deleted {}
        }
        let items = sources.map { source, content in
            ImportItem(
                kind: "article",
                fields: [
                    ("title", Array("\"source \(source), state \(content)\"".utf8)),
                    ("url", Array("\"https://example.org/\(source)\"".utf8)),
                    ("body", Array("\"state \(content / 2)\"".utf8)),
                ] + membership)
        }
        let deletedBefore = Set(try articles(in: store).filter(\.isDeleted).map(\.id))
        let effects = try store.importBatch(items, author: author)
        for case .updated(let id) in effects where deletedBefore.contains(id) {
            throw Violation("an import leaves alone what is deleted", id.text)
        }
        guard try deletedBefore.isSubset(of: articles(in: store).filter(\.isDeleted).map(\.id)) else {
            throw Violation("an import never restores")
        }
        return
            "\(effects.count { if case .unchanged = $0 { true } else { false } }) of \(items.count) unchanged"
    }

    private func annotate(_ number: Int, _ json: String, _ step: Step, _ store: Store) throws -> String {
        guard let target = try record(number, in: store),
            try store.view(target, kind: "article")?.isDeleted == false
        else { return "nothing there" }
        let id = RecordID(rawValue: 1 << 64 | UInt128(step.number))
        return try write(
            [("target", "\"\(target.text)\""), ("text", json)], to: [id], kind: "annotation", step, store)
    }

    private func resolve(
        _ number: Int, choice: Int, _ author: String, _ step: Step, _ store: Store
    ) throws -> String {
        let all = try store.conflicts().sorted {
            ($0.id, $0.kind, $0.field, $0.isDeletion ? 1 : 0) < (
                $1.id, $1.kind, $1.field, $1.isDeletion ? 1 : 0
            )
        }
        guard let conflict = all[round: number] else { return "nothing there" }
        if conflict.field == "deleted" {
            if choice % 2 == 0 {
                _ = try store.delete(conflict.id, kind: conflict.kind, author: author)
            } else if try store.view(conflict.id, kind: conflict.kind)?.isDeleted == true {
                return try restore(conflict.id, kind: conflict.kind, author, store)
            }
            return "settled"
        }
        guard try store.view(conflict.id, kind: conflict.kind)?.isDeleted == false else { return "deleted" }
        let contenders = [conflict.current] + conflict.others
        let json = contenders[round: choice]?.json.map { String(decoding: $0, as: UTF8.self) }
        return try write(
            [(conflict.field, choice == 3 ? "\"both, step \(step.number)\"" : json ?? "null")],
            to: [conflict.id], kind: conflict.kind, step, store)
    }

    private func restore(_ id: RecordID, kind: String, _ author: String, _ store: Store) throws -> String {
        let wasPurged = try store.view(id, kind: kind)?.isPurged == true
        do {
            _ = try store.restore(id, kind: kind, author: author)
        } catch let error as StorageError where error.code == .purged {
            return "purged"
        }
        if wasPurged { throw Violation("what was purged is not restored", id.text) }
        return "restored"
    }

    private func purge(_ id: RecordID, _ author: String, _ store: Store) throws -> String {
        do {
            let outcome = try store.purge(id, kind: "article", author: author)
            let count = outcome.records.reduce(0) { $0 + $1.valueCount }
            statistics.add("values purged", count)
            guard try store.view(id, kind: "article")?.isPurged == true || outcome.version == nil else {
                throw Violation("what was purged is purged", id.text)
            }
            return "\(count) values purged"
        } catch let error as StorageError where error.code == .inConflict {
            return "contested"
        }
    }

    private func compact(_ store: Store) throws -> String {
        let report = try store.compact()
        statistics.add("texts forgotten", report.droppedTexts)
        return "\(report.droppedTexts) texts forgotten"
    }
}

extension Array {
    /// The element at a place counted round; nil when there is none.
    subscript(round number: Int) -> Element? { isEmpty ? nil : self[number % count] }
}
