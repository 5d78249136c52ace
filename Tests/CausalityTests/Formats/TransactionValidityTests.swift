import QuipuCausality
import Testing

struct TransactionValidityTests {
    static func name(_ number: Int) -> TransactionName {
        TransactionName(origin: Origin(rawValue: UInt128(number)), sequence: 1)
    }

    static func changes(
        _ id: Int = 1, _ kind: String = "article", fields: [String] = ["body"]
    ) -> RecordChanges {
        RecordChanges(
            id: RecordID(rawValue: UInt128(id)), kind: kind,
            fields: fields.map { FieldChange(field: $0, value: .text([0x31])) })
    }

    static func validate(_ change: (inout Transaction) -> Void) throws(InvalidTransaction) {
        var transaction = Transaction(
            name: name(1), stamp: Stamp(rawValue: 1), author: "Ana", isByProgram: false, records: [changes()])
        change(&transaction)
        try transaction.validate()
    }

    /// Holds at the bound, fails one past it with a reason that has `word` in it.
    static func expectBound(
        _ bound: Int, _ word: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout Transaction, Int) -> Void
    ) {
        #expect(throws: Never.self, sourceLocation: sourceLocation) { try validate { change(&$0, bound) } }
        expectInvalid(word, sourceLocation: sourceLocation) { change(&$0, bound + 1) }
    }

    static func expectInvalid(
        _ word: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout Transaction) -> Void
    ) {
        do throws(InvalidTransaction) {
            try validate(change)
            Issue.record("it was taken for valid", sourceLocation: sourceLocation)
        } catch {
            #expect(error.reason.contains(word), sourceLocation: sourceLocation)
            #expect(error.description.contains(error.reason), sourceLocation: sourceLocation)
            #expect(error.name != nil, sourceLocation: sourceLocation)
        }
    }

    @Test
    func `a transaction may be empty`() throws {
        try Self.validate { $0.records = [] }
        try Self.validate { $0.author = "" }
    }

    @Test
    func `sequences range from 1 to the largest integer that the store keeps`() throws {
        for sequence in [1, UInt64(Int64.max)] {
            try Self.validate { $0.name = TransactionName(origin: $0.name.origin, sequence: sequence) }
        }
        for sequence in [0, UInt64(Int64.max) + 1, .max] {
            Self.expectInvalid("sequence") {
                $0.name = TransactionName(origin: $0.name.origin, sequence: sequence)
            }
        }
    }

    @Test
    func `a stamp is at most the largest integer that the store keeps`() throws {
        try Self.validate { $0.stamp = Stamp(rawValue: 0) }
        try Self.validate { $0.stamp = Stamp(rawValue: UInt64(Int64.max)) }
        Self.expectInvalid("stamp") { $0.stamp = Stamp(rawValue: UInt64(Int64.max) + 1) }
    }

    @Test
    func `every list and text has a limit`() {
        Self.expectBound(Limits.authorBytes, "author") { $0.author = String(repeating: "a", count: $1) }
        Self.expectBound(Limits.authorBytes / 2, "author") { $0.author = String(repeating: "é", count: $1) }
        Self.expectBound(Limits.observedTransactions, "observed") {
            $0.observed = Array(repeating: Self.name(2), count: $1)
        }
        Self.expectBound(Limits.unknownBytes, "unknown") { $0.unknown = Array(repeating: 0, count: $1) }
        Self.expectBound(Limits.noteSpans, "note") {
            $0.note = ClockNote(
                offsetMilliseconds: 1, spans: Array(repeating: .init(last: Self.name(2), count: 1), count: $1)
            )
        }
        Self.expectBound(Limits.kindBytes, "kind") { $0.records[0].kind = String(repeating: "k", count: $1) }
        Self.expectBound(Limits.fieldNameBytes, "field") {
            $0.records[0].fields[0].field = String(repeating: "f", count: $1)
        }
        Self.expectBound(Limits.replacedVersions, "replaces") {
            $0.records[0].fields[0].replaces = Array(repeating: Self.name(2), count: $1)
        }
        Self.expectBound(Limits.valueBytes, "value") {
            $0.records[0].fields[0].value = .text(Array(repeating: 0x31, count: $1))
        }
    }

    @Test
    func `the limits of records and changes count over the whole transaction`() {
        Self.expectBound(Limits.changesPerTransaction, "records") { transaction, count in
            transaction.records = (0..<count).map { Self.changes($0) }
        }
        Self.expectBound(Limits.changesPerTransaction, "changes") { transaction, count in
            let names = (0..<count - 1).map { String(1_000_000 + $0) }
            transaction.records = [Self.changes(1), Self.changes(2, fields: names)]
        }
    }

    @Test
    func `records are sorted by id, then kind, without duplicates`() throws {
        try Self.validate { $0.records = [Self.changes(1, "a"), Self.changes(1, "b"), Self.changes(2, "a")] }
        Self.expectInvalid("order") { $0.records = [Self.changes(2), Self.changes(1)] }
        Self.expectInvalid("order") { $0.records = [Self.changes(1), Self.changes(1)] }
        Self.expectInvalid("order") { $0.records = [Self.changes(1, "b"), Self.changes(1, "a")] }
        Self.expectInvalid("without changing") { $0.records = [Self.changes(1, fields: [])] }
    }

    @Test
    func `fields are sorted by their bytes, without duplicates`() throws {
        try Self.validate { $0.records = [Self.changes(fields: ["Z", "a", "ab", "é", "\u{ff5e}", "𐀀"])] }
        Self.expectInvalid("order") { $0.records = [Self.changes(fields: ["b", "a"])] }
        Self.expectInvalid("order") { $0.records = [Self.changes(fields: ["a", "a"])] }
        // In UTF-16 the second would come first.
        Self.expectInvalid("order") { $0.records = [Self.changes(fields: ["𐀀", "\u{ff5e}"])] }
    }

    @Test
    func `kinds and field names are not empty and are in normal form C`() throws {
        Self.expectInvalid("empty") { $0.records = [Self.changes(1, "")] }
        Self.expectInvalid("empty") { $0.records = [Self.changes(fields: [""])] }
        for text in ["e\u{301}", "\u{212b}", "\u{1100}\u{1161}", "a\u{323}\u{307}\u{e9}\u{301}\u{327}"] {
            Self.expectInvalid("normal form") { $0.records = [Self.changes(1, text)] }
            Self.expectInvalid("normal form") { $0.records = [Self.changes(fields: [text])] }
        }
        try Self.validate { $0.records = [Self.changes(1, "é", fields: ["tags/é", "tags/日本", "tags/가"])] }
    }
}
