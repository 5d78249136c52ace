import QuipuCBOR
import QuipuCausality
import QuipuWire
import Testing

struct TransactionFormTests {
    static func bytes(_ transaction: Transaction) -> [UInt8] {
        var writer = CBORWriter()
        transaction.write(to: &writer)
        return writer.bytes
    }

    static func read(_ bytes: some Collection<UInt8>) throws -> Transaction {
        var reader = CBORReader(Array(bytes)[...])
        return try Transaction(from: &reader)
    }

    @Test(arguments: 0..<60)
    func `a transaction is read back as it was written`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5 {
            let transaction = RandomMessages.transaction(using: &random)
            let bytes = Self.bytes(transaction)
            let back = try Self.read(bytes)
            #expect(back == transaction)
            #expect(Self.bytes(back) == bytes)
        }
    }

    @Test(arguments: 0..<20)
    func `every proper prefix of a transaction is reported as cut`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let bytes = Self.bytes(RandomMessages.transaction(using: &random))
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 200)) {
            #expect(failure { _ = try Self.read(bytes.prefix(count)) }?.code == .cut)
        }
    }

    /// Two encodings of one transaction would be two ways to store and relay it.
    @Test(arguments: 0..<40)
    func `every accepted encoding is written back unchanged`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Self.bytes(RandomMessages.transaction(using: &random))
        for _ in 0..<100 {
            var changed = bytes
            switch random.pick([0, 1, 2]) {
            case 0: changed[Int.random(in: changed.indices, using: &random)] = random.bytes(1)[0]
            case 1: changed.remove(at: Int.random(in: changed.indices, using: &random))
            default: changed.insert(random.bytes(1)[0], at: Int.random(in: changed.indices, using: &random))
            }
            var reader = CBORReader(changed[...])
            guard let read = try? Transaction(from: &reader) else { continue }
            let again = Self.bytes(read)
            if again != Array(changed.prefix(again.count)) {
                Issue.record("\(Hexadecimal.text(changed)) became \(Hexadecimal.text(again))")
                return
            }
        }
    }

    static let head = "a50050000102030405060708090a0b0c0d0e0f010102000360"

    @Test(arguments: [
        ("an empty list of records", "0580"), ("an empty list of what was seen", "0680"),
        ("not by the program", "04f4"),
    ])
    func `a default that is written out is malformed`(what: String, member: String) {
        #expect(
            failure { _ = try Self.read(Hexadecimal.bytes(Self.head + member)!) }?.code == .malformed,
            "\(what)")
    }

    @Test
    func `a duplicate or unsorted member of a transaction is malformed`() throws {
        let start = "0050000102030405060708090a0b0c0d0e0f"
        #expect(throws: Never.self) {
            try Self.read(Hexadecimal.bytes("a4" + start + "0101" + "0200" + "0360")!)
        }
        for members in ["0200" + "0101" + "0360", "0101" + "0101" + "0200" + "0360"] {
            let text = (members.count == 12 ? "a4" : "a5") + start + members
            #expect(failure { _ = try Self.read(Hexadecimal.bytes(text)!) }?.code == .malformed)
        }
    }

    @Test
    func `a transaction without a name, a stamp or an author is refused`() {
        let start = "0050000102030405060708090a0b0c0d0e0f"
        for text in ["a0", "a3" + start + "01010200", "a3" + start + "02000360", "a3" + "010102000360"] {
            #expect(failure { _ = try Self.read(Hexadecimal.bytes(text)!) }?.code == .unexpected)
        }
    }

    @Test
    func `members of a later version are kept, hashed and written again`() throws {
        // 10: "x", 23: [1.0, 0.0, -5, {1: 2}], 100: a tagged byte string.
        let unknown = "0a6178" + "1784f93c00f9000024a10102" + "1864c24101"
        let text = "a7" + Self.head.dropFirst(2) + unknown
        let transaction = try Self.read(Hexadecimal.bytes(text)!)
        #expect(Hexadecimal.text(transaction.unknown) == unknown)
        #expect(Hexadecimal.text(Self.bytes(transaction)) == text)
        let plain = try Self.read(Hexadecimal.bytes("a4" + Self.head.dropFirst(2))!)
        func hash(_ transaction: Transaction) -> ChainHash {
            ChainHash(of: transaction, after: nil) { _ in ChainHash(high: 0, low: 0) }
        }
        #expect(hash(transaction) != hash(plain))
    }

    @Test
    func `a list beyond its limit is refused before it is read`() {
        func code(_ member: String) -> WireError.Code? {
            failure { _ = try Self.read(Hexadecimal.bytes(Self.head + member)!) }?.code
        }
        #expect(code("05994001") == .tooLarge, "records")
        #expect(code("069a00010001") == .tooLarge, "seen")
        #expect(
            code("078200991001") == .tooLarge,
            "spans of a clock note")
        let record = "0581" + "83" + "50" + String(repeating: "00", count: 16)
        #expect(code(record + "7841") == .tooLarge, "a kind's name")
        #expect(code(record + "6161" + "8182" + "790201") == .tooLarge, "a field's name")
        #expect(code(record + "6161" + "8182" + "6161" + "7a00010001") == .tooLarge, "a value")
        #expect(code(record + "6161" + "8183" + "6161" + "6130" + "991001") == .tooLarge, "replaced versions")
    }

    /// Bytes that an implementation in another language made from `Schema/exchange.cddl`.
    @Test
    func `the encoded form matches its frozen bytes`() throws {
        let first =
            "a50050000102030405060708090a0b0c0d0e0f0101021b018bcfe5680000000363416e61058183501011121314151617"
            + "18191a1b1c1d1e1f6761727469636c658182657469746c65682248756e67657222"
        let one = try Self.read(Hexadecimal.bytes(first)!)
        #expect(Hexadecimal.text(Self.bytes(one)) == first)
        #expect(one.author == "Ana" && one.stamp.milliseconds == 1_700_000_000_000 && one.name.sequence == 1)
        #expect(one.records[0].fields[0].value == .text(Array("\"Hunger\"".utf8)))

        let second =
            "aa0050ffffffffffffffffffffffffffffffff0101021b018bcfe56800000103664c656ec3ad6e04f505828350101112"
            + "131415161718191a1b1c1d1e1f6761727469636c65828364626f647958206bfb9a89e7917438ddb17fb73d74243df565"
            + "eae70968b5a290cf5f3563d76bef818250000102030405060708090a0b0c0d0e0f0183657469746c65682248616d6272"
            + "6522828250000102030405060708090a0b0c0d0e0f018250ffffffffffffffffffffffffffffffff19012c8350202122"
            + "232425262728292a2b2c2d2e2f646e6f746581826764656c65746564647472756506818250000102030405060708090a"
            + "0b0c0d0e0f0107823905db81828250000102030405060708090a0b0c0d0e0f0101088250000102030405060708090a0b"
            + "0c0d0e0f010a6178"
        let two = try Self.read(Hexadecimal.bytes(second)!)
        #expect(Hexadecimal.text(Self.bytes(two)) == second)
        #expect(
            two.author == "Lenín" && two.isByProgram && two.observed == [one.name] && two.previous == one.name
        )
        #expect(two.note == ClockNote(offsetMilliseconds: -1_500, spans: [.init(last: one.name, count: 1)]))
        #expect(two.records[0].fields[0].value == .hash(ValueHash(of: Array("null".utf8))))
        #expect(two.records[0].fields[1].replaces[1].sequence == 300)
        #expect(two.records[1].kind == "note" && two.unknown == [0x0a, 0x61, 0x78])
    }
}
