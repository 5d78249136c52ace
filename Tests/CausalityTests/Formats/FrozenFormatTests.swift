import QuipuCausality
import Testing

@testable import NaiveModel

/// Hashes that archives hold. The numbers come from another implementation, written in Python from the
/// comments beside the formats; one that changes here makes every archive in the world disagree with itself.
struct FrozenFormatTests {
    static let origin = Origin(bytes: Array(0..<16))!
    static let record = RecordID(bytes: Array(0x10..<0x20))!
    static let other = RecordID(bytes: Array(0x20..<0x30))!
    static let milliseconds: Int64 = 1_700_000_000_000

    static let first = Transaction(
        name: TransactionName(origin: origin, sequence: 1), stamp: Stamp(milliseconds: milliseconds),
        author: "Ana",
        isByProgram: false,
        records: [
            RecordChanges(
                id: record, kind: "article",
                fields: [FieldChange(field: "title", value: .text(Array("\"Hunger\"".utf8)))])
        ])

    static let firstChain = ChainHash(of: first, after: nil) { _ in ChainHash(high: 0, low: 0) }

    static let second: Transaction = {
        func name(_ number: UInt128) -> TransactionName {
            TransactionName(origin: Origin(rawValue: number), sequence: 1)
        }
        return Transaction(
            name: TransactionName(origin: origin, sequence: 2),
            stamp: Stamp(milliseconds: milliseconds).next(nowMilliseconds: 0), author: "Lenín",
            isByProgram: true,
            records: [
                RecordChanges(
                    id: record, kind: "article",
                    fields: [
                        FieldChange(
                            field: "body", value: .text(Array("null".utf8)), replaces: [name(0xb), name(0xa)]),
                        FieldChange(
                            field: "title", value: .text(Array("\"Hambre\"".utf8)), replaces: [first.name]),
                    ]),
                RecordChanges(
                    id: other, kind: "note",
                    fields: [FieldChange(field: "deleted", value: .text(Array("true".utf8)))]),
            ],
            observed: [name(0xa), first.name],
            note: ClockNote(offsetMilliseconds: -1_500, spans: [.init(last: first.name, count: 1)]),
            unknown: [0x61, 0x78, 0x01])
    }()

    static let secondChain = ChainHash(of: second, after: firstChain) { name in
        switch name.origin.rawValue {
        case 0xa: ChainHash(bytes: [UInt8](repeating: 0xaa, count: 32))!
        case 0xb: ChainHash(bytes: [UInt8](repeating: 0xbb, count: 32))!
        default: firstChain
        }
    }

    @Test
    func `the hash of a value is the plain BLAKE2b hash of its text`() {
        #expect(
            ValueHash("\"Hunger\"").hexadecimal
                == "854d08afca6d57f4e87b70d1ec91886cf219cfc285a86a8f31667cc2cf8a20a1")
    }

    @Test
    func `chain hashes match their frozen bytes`() {
        #expect(
            Self.firstChain.hexadecimal == "067f23429fc1c30d1cbe0c4a716d731b794856b83ce9791d7516eee490dbbc4b")
        #expect(
            Self.secondChain.hexadecimal == "a28d00278b7c241b6d314affd5835099e066ea20cd39e66d56817e227b3d47df"
        )
    }

    static let byHand = VersionKey(byHand: firstChain, record: record, kind: "article", field: "title")
    static let imported = VersionKey(
        byProgram: ValueHash("\"Hunger\""), record: record, kind: "article", field: "title", replaces: [])
    static let merged = VersionKey(
        byProgram: ValueHash("\"Hambre\""), record: record, kind: "article", field: "title",
        replaces: [byHand, imported].sorted())

    @Test
    func `version keys match their frozen bytes`() {
        #expect(Self.byHand.hexadecimal == "cfc6f860987e7fa9eeefd8196f4eb411")
        #expect(Self.imported.hexadecimal == "b8d13476c2b928ae177edb276069354a")
        #expect(Self.merged.hexadecimal == "695ecd8f693ea68e183365e36379b945")
    }

    @Test
    func `digest terms and their sum match their frozen bytes`() {
        func term(_ key: VersionKey, _ value: String) -> UInt128 {
            Digest.term(
                record: Self.record, kind: "article", field: "title", key: key, value: ValueHash(value))
        }
        let (one, two) = (term(Self.byHand, "\"Hunger\""), term(Self.merged, "\"Hambre\""))
        #expect(Hexadecimal.text(Digest(rawValue: one).bytes) == "dbaad81990f487c419807fc9756ca88a")
        #expect(Hexadecimal.text(Digest(rawValue: two).bytes) == "2d4bcb84993d4957d66cc6e9280a22cb")
        var digest = Digest()
        digest.add(one)
        digest.add(two)
        #expect(digest.description == "08f6 a39e 2a31 d11b efed 46b2 9d76 cb55")
        let content = Digest.contentTerm(
            record: Self.record, kind: "article", field: "title", value: ValueHash("\"Hunger\""))
        #expect(Hexadecimal.text(Digest(rawValue: content).bytes) == "fce99b8123bcb2b5f37a6b0beb76e70e")
    }

    @Test
    func `the hash of a vector matches its frozen bytes`() {
        let vector = Vector([
            Vector.Entry(
                origin: Origin(bytes: [UInt8](repeating: 0xff, count: 16))!, sequence: 300,
                chain: Self.secondChain),
            Vector.Entry(origin: Self.origin, sequence: 1, chain: Self.firstChain),
        ])
        #expect(Hexadecimal.text(Digest(rawValue: vector.hash).bytes) == "a3c4ac60b52b78c5fbaef87fa945f137")
        #expect(
            Hexadecimal.text(Digest(rawValue: Vector().hash).bytes) == "cae66941d9efbd404e4d88758ea67670")
    }

    @Test
    func `the origin behind a branch start is the first half of its chain hash`() {
        #expect(Origin(branchStart: Self.firstChain).hexadecimal == "067f23429fc1c30d1cbe0c4a716d731b")
    }

    /// The key pair is that of RFC 8032, section 7.1, test 1.
    @Test
    func `the origin of a signing key is the short hash of its public key`() {
        let seed = Hexadecimal.bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")!
        let publicKey = Hexadecimal.bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")!
        #expect(SigningKey.origin(ofSeed: seed)?.rawValue == BLAKE2b.hash16(publicKey))
        #expect(SigningKey.origin(ofSeed: Array(seed.dropLast())) == nil)
    }
}
