import QuipuCausality
import Testing

struct ChainHashTests {
    static let first = TransactionName(origin: Origin(rawValue: 1), sequence: 1)
    static let second = TransactionName(origin: Origin(rawValue: 2), sequence: 1)
    static let chains = [first: ChainHash(high: 1, low: 1), second: ChainHash(high: 2, low: 2)]

    /// A transaction with something in every member.
    static let sample = Transaction(
        name: TransactionName(origin: Origin(rawValue: 9), sequence: 7),
        stamp: Stamp(rawValue: 5), author: "Ana", isByProgram: false,
        records: [
            RecordChanges(
                id: RecordID(rawValue: 1), kind: "article",
                fields: [
                    FieldChange(field: "body", value: .text(Array("\"B\"".utf8)), replaces: [first, second]),
                    FieldChange(field: "title", value: .text(Array("\"T\"".utf8))),
                ]),
            RecordChanges(
                id: RecordID(rawValue: 2), kind: "note",
                fields: [FieldChange(field: "text", value: .text(Array("\"N\"".utf8)), replaces: [first])]),
        ],
        observed: [first, second],
        note: ClockNote(
            offsetMilliseconds: 3, spans: [.init(last: first, count: 4), .init(last: second, count: 1)]),
        unknown: [0x61, 0x78, 0x01])

    static func hash(
        _ transaction: Transaction, after previous: ChainHash? = ChainHash(high: 8, low: 8),
        valueHashes: [ValueHash]? = nil
    ) -> ChainHash {
        ChainHash(of: transaction, after: previous, valueHashes: valueHashes) { Self.chains[$0]! }
    }

    static func changed(_ change: (inout Transaction) -> Void) -> ChainHash {
        var transaction = sample
        change(&transaction)
        return hash(transaction)
    }

    @Test
    func `every member of a transaction changes its chain hash`() {
        let hashes = [
            Self.hash(Self.sample),
            Self.hash(Self.sample, after: ChainHash(high: 8, low: 9)),
            Self.hash(Self.sample, after: nil),
            Self.changed { $0.stamp = Stamp(rawValue: 6) },
            Self.changed { $0.author = "Ben" },
            Self.changed { $0.author = "" },
            Self.changed { $0.isByProgram = true },
            Self.changed { $0.records = [] },
            Self.changed { $0.records.swapAt(0, 1) },
            Self.changed { $0.records[0].id = RecordID(rawValue: 3) },
            Self.changed { $0.records[0].kind = "note" },
            Self.changed { $0.records[0].fields.removeLast() },
            Self.changed { $0.records[0].fields[0].field = "bodies" },
            Self.changed { $0.records[0].fields[0].value = .text(Array("\"C\"".utf8)) },
            Self.changed { $0.records[0].fields[0].replaces = [] },
            Self.changed { $0.records[0].fields[0].replaces = [Self.first] },
            Self.changed { $0.records[0].fields[1].replaces = [Self.first] },
            Self.changed { $0.observed = [] },
            Self.changed { $0.observed = [Self.first] },
            Self.changed { $0.note = nil },
            Self.changed { $0.note = ClockNote(offsetMilliseconds: 3, spans: []) },
            Self.changed { $0.note?.offsetMilliseconds = -3 },
            Self.changed { $0.note?.spans[0].count = 3 },
            Self.changed { $0.note?.spans[0].last = Self.second },
            Self.changed { $0.unknown = [] },
            Self.changed { $0.unknown = [0x61, 0x78, 0x02] },
        ]
        #expect(Set(hashes).count == hashes.count)
    }

    @Test
    func `moving a field to the next record, or a version to another list, changes the chain hash`() {
        func records(_ fields: [[String]]) -> ChainHash {
            Self.changed {
                $0.records = fields.enumerated().map { index, names in
                    RecordChanges(
                        id: RecordID(rawValue: UInt128(index)), kind: "note",
                        fields: names.map { FieldChange(field: $0, value: .text([0x31])) })
                }
            }
        }
        #expect(records([["a", "b"], ["c"]]) != records([["a"], ["b", "c"]]))
        let moved = Self.changed {
            $0.records[1].fields[0].replaces += $0.observed
            $0.observed = []
        }
        #expect(moved != Self.hash(Self.sample))
    }

    @Test
    func `transaction names do not change the chain hash, except the origin of the first one`() {
        let renamed = Self.changed {
            $0.name = TransactionName(origin: Origin(rawValue: 77), sequence: 1)
            $0.previous = Self.first
        }
        #expect(renamed == Self.hash(Self.sample))
        var other = Self.sample
        other.name = TransactionName(origin: Origin(rawValue: 77), sequence: 7)
        #expect(Self.hash(other, after: nil) != Self.hash(Self.sample, after: nil))

        // What it names goes by another name since a branch was found; the chain hashes stay.
        let alias = TransactionName(origin: Origin(rawValue: 99), sequence: 12)
        var branched = Self.sample
        branched.records[1].fields[0].replaces = [alias]
        let hash = ChainHash(of: branched, after: ChainHash(high: 8, low: 8)) { name in
            name == alias ? Self.chains[Self.first]! : Self.chains[name]!
        }
        #expect(hash == Self.hash(Self.sample))
    }

    @Test
    func `the order in which versions are named does not change the chain hash`() {
        let reordered = Self.changed {
            $0.records[0].fields[0].replaces.reverse()
            $0.observed.reverse()
        }
        #expect(reordered == Self.hash(Self.sample))
    }

    @Test
    func `a value enters the chain hash by its own hash, whether its text is present or not`() {
        let hashed = Self.changed { transaction in
            for record in transaction.records.indices {
                for field in transaction.records[record].fields.indices {
                    transaction.records[record].fields[field].value = .hash(
                        transaction.records[record].fields[field].value.hash)
                }
            }
        }
        #expect(hashed == Self.hash(Self.sample))
        let known = Self.sample.records.flatMap(\.fields).map(\.value.hash)
        #expect(Self.hash(Self.sample, valueHashes: known) == Self.hash(Self.sample))
        #expect(Self.hash(Self.sample, valueHashes: known.reversed()) != Self.hash(Self.sample))
    }

    @Test
    func `a name that the receiver does not know ends hashing with the receiver's error`() {
        struct Unknown: Error, Equatable { let name: TransactionName }
        #expect(throws: Unknown(name: Self.first)) {
            _ = try ChainHash(of: Self.sample, after: nil) { (name) throws(Unknown) in
                throw Unknown(name: name)
            }
        }
    }
}
