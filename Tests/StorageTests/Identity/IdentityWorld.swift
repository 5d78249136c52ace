import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support

/// A history of imports of a few files whose items share keys, on one to three mirrors, with syncs, corrections by hand,
/// deletes and restores between.
struct IdentityHistory: CustomStringConvertible {
    enum Step: CustomStringConvertible {
        case bring(file: Int, mirror: Int)
        case sync(Int, Int)
        case correct(mirror: Int, record: Int, field: String, value: String)
        case delete(mirror: Int, record: Int)
        case restore(mirror: Int, record: Int)
        case merge(mirror: Int, record: Int, into: Int)
        case unmerge(mirror: Int, record: Int)
        case purge(mirror: Int, record: Int)

        var description: String {
            switch self {
            case .bring(let file, let mirror): "import \(file) on \(mirror)"
            case .sync(let one, let other): "sync \(one) \(other)"
            case .correct(let mirror, let record, let field, let value):
                "set \(record) \(field)=\(value) on \(mirror)"
            case .delete(let mirror, let record): "delete \(record) on \(mirror)"
            case .restore(let mirror, let record): "restore \(record) on \(mirror)"
            case .merge(let mirror, let record, let keep): "merge \(record) into \(keep) on \(mirror)"
            case .unmerge(let mirror, let record): "unmerge \(record) on \(mirror)"
            case .purge(let mirror, let record): "purge \(record) on \(mirror)"
            }
        }
    }

    var mirrors: Int
    var files: [[SharedItem]]
    var steps: [Step]

    private static let corrections = [
        ("url", "https://example.org/9"), ("url", "https://example.org/1"), ("doi", "10.1000/9"),
        ("title", "Title 9"), ("title", "Title 0"),
    ]

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        mirrors = Int.random(in: 1...3, using: &random)
        files = (0..<Int.random(in: 2...4, using: &random)).map { _ in SharedItem.randomFile(using: &random) }
        steps = []
        let hasHands = Int.random(in: 0..<10, using: &random) < 6
        for _ in 0..<Int.random(in: 2...9, using: &random) {
            let mirror = Int.random(in: 0..<mirrors, using: &random)
            let record = Int.random(in: 0..<3, using: &random)
            switch Int.random(in: 0..<(hasHands ? 11 : 7), using: &random) {
            case 0..<4:
                steps.append(.bring(file: Int.random(in: files.indices, using: &random), mirror: mirror))
            case 4..<7: steps.append(.sync(mirror, Int.random(in: 0..<mirrors, using: &random)))
            case 7, 8:
                let (field, value) = Self.corrections[Int.random(in: 0..<5, using: &random)]
                steps.append(.correct(mirror: mirror, record: record, field: field, value: value))
            case 9: steps.append(.delete(mirror: mirror, record: record))
            default: steps.append(.restore(mirror: mirror, record: record))
            }
        }
    }

    /// Likewise, with records that are merged, taken out again and purged on the way.
    static func withMerges(seed: UInt64) -> IdentityHistory {
        var history = IdentityHistory(seed: seed)
        var random = SplitMix64(seed: seed ^ 0x6d65_7267_6573)
        for _ in 0..<Int.random(in: 2...5, using: &random) {
            let mirror = Int.random(in: 0..<history.mirrors, using: &random)
            let record = Int.random(in: 0..<4, using: &random)
            let step: Step =
                switch Int.random(in: 0..<8, using: &random) {
                case 0..<5:
                    .merge(mirror: mirror, record: record, into: Int.random(in: 0..<4, using: &random))
                case 5, 6: .unmerge(mirror: mirror, record: record)
                default: .purge(mirror: mirror, record: record)
                }
            history.steps.insert(step, at: Int.random(in: 1...history.steps.count, using: &random))
        }
        // What they all bring once more, with what was merged.
        for file in history.files.indices.shuffled(using: &random) {
            history.steps.append(
                .bring(file: file, mirror: Int.random(in: 0..<history.mirrors, using: &random)))
        }
        return history
    }

    var description: String {
        (files.enumerated().map { "file \($0): \($1)" } + steps.map(\.description)).joined(separator: "\n")
    }
}

/// Mirrors that play a history, with what every import said.
struct IdentityWorld {
    let replicas: Replicas
    private(set) var joins: [CheckedImport.Join] = []
    /// Files of which an item was refused because its record was deleted: they were not imported.
    private(set) var refusedFiles: Set<Int> = []

    init(_ history: IdentityHistory) throws {
        replicas = try Replicas(history.mirrors)
        for step in history.steps { try perform(step, history) }
    }

    private mutating func perform(_ step: IdentityHistory.Step, _ history: IdentityHistory) throws {
        replicas.world.advance(milliseconds: 1_000)
        switch step {
        case .bring(let file, let mirror):
            let found = try CheckedImport.run(
                history.files[file], into: replicas[mirror], author: "m\(mirror)")
            joins += found
            for join in found { if case .stayedDeleted = join.outcome.effect { refusedFiles.insert(file) } }
        case .sync(let one, let other): if one != other { try replicas.sync(one, other) }
        case .correct(let mirror, let record, let field, let value):
            guard let record = try self.record(record, on: mirror), !record.isDeleted else { return }
            _ = try replicas[mirror].edit(
                [
                    Edit(
                        id: record.id, kind: "article",
                        changes: [Edit.Change(field: field, json: canonicalString(value))])
                ], author: "hand\(mirror)")
        case .delete(let mirror, let record):
            guard let record = try self.record(record, on: mirror) else { return }
            _ = try replicas[mirror].delete(record.id, kind: "article", author: "hand\(mirror)")
        case .restore(let mirror, let record):
            guard let record = try self.record(record, on: mirror), record.isDeleted else { return }
            _ = try replicas[mirror].restore(record.id, kind: "article", author: "hand\(mirror)")
        case .merge(let mirror, let record, let keep):
            guard let record = try self.record(record, on: mirror),
                let keep = try self.record(keep, on: mirror)
            else { return }
            try ifPossible {
                _ = try replicas[mirror].edit(author: "hand\(mirror)") {
                    [.merge([record.id], into: keep.id, kind: "article")]
                }
            }
        case .unmerge(let mirror, let number):
            let merged = try storedRecords(on: mirror).filter { $0.mergedInto != nil }
            if merged.isEmpty { return }
            try ifPossible {
                _ = try replicas[mirror].edit(author: "hand\(mirror)") {
                    [.unmerge(merged[number % merged.count].id, kind: "article")]
                }
            }
        case .purge(let mirror, let record):
            guard let record = try self.record(record, on: mirror) else { return }
            try ifPossible {
                _ = try replicas[mirror].delete(record.id, kind: "article", author: "hand\(mirror)")
                _ = try replicas[mirror].purge(record.id, kind: "article", author: "hand\(mirror)")
            }
        }
    }

    /// What the rules refuse is no step.
    private func ifPossible(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as StorageError
            where [.wrongType, .deleted, .notMerged, .inConflict, .notDeleted].contains(error.code)
        {}
    }

    func storedRecords(on mirror: Int) throws -> [Record] {
        var filter = RecordFilter()
        filter.kind = "article"
        filter.includesDeleted = true
        filter.showsEachRecord = true
        var all: [Record] = []
        try replicas[mirror].forEachRecord(filter) { record in
            all.append(record)
            return true
        }
        return all.sorted { $0.id < $1.id }
    }

    private func record(_ number: Int, on mirror: Int) throws -> Record? {
        var filter = RecordFilter()
        filter.kind = "article"
        filter.includesDeleted = true
        var all: [Record] = []
        try replicas[mirror].forEachRecord(filter) { record in
            all.append(record)
            return true
        }
        all.sort { $0.id < $1.id }
        return all.isEmpty ? nil : all[number % all.count]
    }

    /// Everybody has everything.
    func quiet() throws { if replicas.stores.count > 1 { try replicas.syncAll() } }

    /// Which values fields ever had, on a mirror.
    func writtenValues(on mirror: Int) throws -> Set<String> {
        var found: Set<String> = []
        try replicas[mirror].log.forEachTransaction(after: 0) { transaction, _, _ in
            for record in transaction.records {
                for change in record.fields {
                    found.insert(Self.key(record.id, change.field, change.value.hash))
                }
            }
            return true
        }
        return found
    }

    static func key(_ record: RecordID, _ field: String, _ value: ValueHash) -> String {
        "\(record.hexadecimal) \(field) \(value.hexadecimal)"
    }
}
