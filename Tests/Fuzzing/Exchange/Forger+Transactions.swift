import QuipuCBOR
import QuipuCausality
import QuipuWire

extension Forger {
    /// Writes a transaction into a message.
    /// - Returns: under whose name.
    mutating func transaction(to writer: inout CBORWriter) -> Origin {
        if choices.rarely(), !scene.transactions.isEmpty {
            // One that is there already, perhaps changed.
            var known = choices.pick(scene.transactions)
            if choices.flag() { known.author = "other" }
            write(known, to: &writer)
            return known.name.origin
        }
        let made = transaction()
        if choices.rarely(oneIn: 6) { referring(made).write(to: &writer) } else { write(made, to: &writer) }
        let before = ends[made.name.origin]?.chain ?? made.previous.flatMap { chains[$0] }
        let chain = ChainHash(of: made, after: before) { chains[$0] ?? ChainHash(high: 0, low: 0) }
        if chains.updateValue(chain, forKey: made.name) == nil { names.append(made.name) }
        ends[made.name.origin] = Vector.Entry(
            origin: made.name.origin, sequence: made.name.sequence, chain: chain)
        return made.name.origin
    }

    private func write(_ transaction: Transaction, to writer: inout CBORWriter) {
        writer.array(count: 2)
        writer.unsigned(1)
        transaction.write(to: &writer)
    }

    /// Some records of a transaction as others are said to have them.
    private mutating func referring(_ transaction: Transaction) -> ReferringTransaction {
        var told = ReferringTransaction(transaction)
        if !told.transaction.records.isEmpty, choices.flag() { told.transaction.records.removeLast() }
        if choices.rarely(oneIn: 3) { told.keys = [choices.wide(), 0] }
        for list in [\ReferringTransaction.sources, \.lenders] where choices.flag() {
            var source = RecordSource(name())
            for place in [0, 1, 3] where place == 1 || choices.flag() { _ = source.add(place) }
            told[keyPath: list].append(source)
        }
        return told
    }

    private mutating func transaction() -> Transaction {
        var origin = choices.pick(Forgery.origins)
        if choices.rarely(), let start = branchStarts.min() { origin = Origin(branchStart: start) }
        let sequence =
            choices.rarely() ? choices.pick([0, 1, 2, 5, .max]) : (ends[origin]?.sequence ?? 0) &+ 1
        var transaction = Transaction(
            name: TransactionName(origin: origin, sequence: sequence), stamp: stamp(),
            author: choices.pick(Forgery.authors), isByProgram: choices.flag(), records: records())
        if choices.rarely(oneIn: 4) { transaction.observed = someNames() }
        if choices.rarely(oneIn: 6) { transaction.note = note() }
        if choices.rarely(), sequence == 1 || choices.rarely() { transaction.previous = name() }
        if choices.rarely(), sequence == 1 || choices.rarely() {
            transaction.root = choices.pick(Forgery.origins)
        }
        if choices.rarely() { transaction.unknown = unknown() }
        return transaction
    }

    private mutating func stamp() -> Stamp {
        let now = Stamp(milliseconds: Self.now).rawValue
        return choices.rarely()
            ? choices.pick([Stamp(rawValue: 0), Stamp(rawValue: .max), Stamp.last])
            : Stamp(rawValue: now &+ UInt64(choices.byte()))
    }

    private mutating func records() -> [RecordChanges] {
        var records = (0..<choices.number(below: 4)).map { _ in
            RecordChanges(
                id: choices.rarely()
                    ? RecordID(rawValue: UInt128(choices.wide())) : choices.pick(ExchangeScene.recordIDs),
                kind: choices.pick(Forgery.kinds), fields: fields())
        }
        if !choices.rarely() {
            records.sort { $0.id == $1.id ? $0.kind.utf8Precedes($1.kind) : $0.id < $1.id }
        }
        return records
    }

    private mutating func fields() -> [FieldChange] {
        var fields = (0..<choices.number(below: 4)).map { _ in
            FieldChange(
                field: choices.pick(Forgery.fields), value: value(),
                replaces: choices.rarely(oneIn: 3) ? someNames() : [])
        }
        if !choices.rarely() { fields.sort { $0.field.utf8Precedes($1.field) } }
        return fields
    }

    private mutating func value() -> Content {
        switch choices.number(below: 8) {
        case 0: .hash(valueHash())
        case 1: .text(choices.some())
        case 2: .text(Array(ExchangeScene.canonical(choices.pick(ExchangeScene.recordIDs)).utf8))
        default: .text(Array(choices.pick(Forgery.values).utf8))
        }
    }

    private mutating func note() -> ClockNote {
        ClockNote(
            offsetMilliseconds: choices.pick([0, 1, -1, 100_000, .min, .max]),
            spans: (0..<choices.number(below: 3)).map { _ in
                .init(last: name(), count: choices.pick([1, 0, 2, .max]))
            })
    }

    private mutating func unknown() -> [UInt8] {
        var writer = CBORWriter()
        writer.unsigned(10 + UInt64(choices.byte()))
        switch choices.number(below: 4) {
        case 0: writer.text("later")
        case 1: writer.byteString(choices.some())
        case 2: writer.array(count: 0)
        default: writer.raw(choices.some())
        }
        return writer.bytes
    }
}

/// What a liar fills in: what is common, what is at a border, and what is not allowed.
enum Forgery {
    static let origins = (0xa0...0xa3).map { Origin(rawValue: $0) } + [Origin(rawValue: 1)]
    static let authors = [
        "ana", "ben", "", "Jose\u{301}", "a\u{0}b", String(repeating: "x", count: 257),
    ]
    static let kinds = [
        "article", "annotation", "collection", "note", "later-kind", "", "e\u{301}", "\u{e9}", "a\u{0}b",
        String(repeating: "k", count: 65),
    ]
    static let fields = [
        "title", "body", "deleted", "target", "tags/a", "name", "url", "doi", "quote", "later", "",
        "e\u{301}", "\u{e9}", "a\u{0}b", "\"\\", String(repeating: "f", count: 512),
        String(repeating: "f", count: 513),
    ]
    static let values = [
        "true", "false", "null", "\"A title\"", "\"\"", "1", "[1,2]", "{\"exact\":\"a\"}", "01",
        "\"\\u0000\"",
        "", "\"http://a.example/\"", "\"10.1000/1\"", nested(64), nested(65), "1e999", "\"\u{301}\"",
    ]

    private static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
}
