internal import QuipuCausality
public import QuipuStorage

/// An import that did something else than the rules say.
public struct IdentityViolation: Error, CustomStringConvertible {
    public let rule: String
    public let what: String
    public var description: String { "\(rule): \(what)" }
}

/// Imports of generated files, each item held against the naive rules.
public enum CheckedImport {
    public struct Join: Sendable {
        public let item: SharedItem
        public let outcome: ImportOutcome
    }

    /// Imports a file item by item, as one run.
    /// - Throws: `IdentityViolation`, or what the store throws.
    @discardableResult
    public static func run(_ file: [SharedItem], into store: Store, author: String) throws -> [Join] {
        var run = ImportRun()
        var named: Set<RecordID> = []
        var joins: [Join] = []
        for item in file {
            let naive = try NaiveIdentity(store)
            let expected = naive.expectation(of: item) { !named.contains($0) }
            let position = try store.position
            let outcome = try store.importBatch([item.importItem], author: author, run: &run)[0]
            let written = try changes(of: store, after: position, in: outcome.effect.id)
            // A record that is merged is shown as another one, to which an item goes that is known nowhere.
            let shown = try expected.record.flatMap { try store.view($0, kind: item.importItem.kind)?.id }
            if outcome.effect.id == expected.record || outcome.effect.id != shown {
                try hold(outcome, written, against: expected, item)
            }
            if !expected.staysDeleted { named.insert(outcome.effect.id) }
            joins.append(Join(item: item, outcome: outcome))
        }
        return joins
    }

    /// Imports a file in one batch, without looking.
    /// - Returns: whether anything was written.
    public static func isNews(_ file: [SharedItem], to store: Store, author: String) throws -> Bool {
        let position = try store.position
        var run = ImportRun()
        _ = try store.importBatch(file.map(\.importItem), author: author, run: &run)
        return try store.position != position
    }

    private static func changes(of store: Store, after position: Int64, in record: RecordID) throws -> Set<
        String
    > {
        var fields: Set<String> = []
        try store.log.forEachTransaction(after: position) { transaction, _, _ in
            for changed in transaction.records where changed.id == record {
                fields.formUnion(changed.fields.map(\.field))
            }
            return true
        }
        return fields
    }

    private static func hold(
        _ outcome: ImportOutcome, _ written: Set<String>, against expected: NaiveIdentity.Expectation,
        _ item: SharedItem
    ) throws {
        func require(_ condition: Bool, _ rule: String, _ what: @autoclosure () -> String) throws {
            if !condition { throw IdentityViolation(rule: rule, what: "\(item) \(what())") }
        }
        let id = outcome.effect.id
        var isNew = false
        if case .created = outcome.effect { isNew = true }
        try require(
            isNew == (expected.record == nil) && (isNew || id == expected.record), "an item finds its record",
            "\(isNew ? "made" : "joined") \(id.hexadecimal.suffix(6)) instead of "
                + "\(expected.record.map { String($0.hexadecimal.suffix(6)) } ?? "a new one")")
        var isRefused = false
        if case .stayedDeleted = outcome.effect { isRefused = true }
        try require(isRefused == expected.staysDeleted, "what is deleted stays deleted", "\(outcome)")
        let values = written.filter { !$0.hasPrefix("from/") }
        try require(
            values == expected.written, "an import writes what is news",
            "wrote \(values.sorted()) instead of \(expected.written.sorted())")
        let remembers = written.contains { $0.hasPrefix("from/") && $0 != "from/-" }
        try require(
            remembers == expected.isRemembered, "a new state is remembered, and an old one is not",
            "\(outcome)")
        try require(
            Set(outcome.leftFields).isSubset(of: expected.left), "what is not taken is named",
            "named \(outcome.leftFields) instead of \(expected.left.sorted())")
    }
}
