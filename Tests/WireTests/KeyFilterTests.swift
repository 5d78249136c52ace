import QuipuCBOR
import QuipuCausality
import Testing

@testable import QuipuWire

/// What a caller says of records that it has and has not sent.
@Suite struct KeyFilterTests {
    private func keys(_ count: Int, seed: Int) -> [UInt64] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in random.next() }
    }

    private func carried(_ filter: KeyFilter) throws -> (filter: KeyFilter, sizeBytes: Int) {
        var writer = CBORWriter()
        filter.write(to: &writer)
        var reader = CBORReader(writer.bytes[...])
        let read = try KeyFilter(from: &reader)
        #expect(reader.isAtEnd)
        return (read, writer.bytes.count)
    }

    @Test(arguments: [1, 2, 3, 64, 1_000, KeyFilter.maximumKeys])
    func `a filter has no false negatives`(count: Int) throws {
        for seed in 0..<(count > 1_000 ? 2 : 20) {
            var keys = keys(count, seed: seed)
            // At the ends, and twice.
            keys[0] = .max
            if count > 2 { (keys[1], keys[2]) = (0, 0) }
            let filter = KeyFilter(keys, salt: 7, isPartial: seed.isMultiple(of: 2))
            let (read, _) = try carried(filter)
            #expect(read == filter)
            #expect(keys.allSatisfy { read.mayContain($0) })
        }
    }

    @Test func `a filter has false positives for one in tens of thousands of keys`() throws {
        let filter = KeyFilter(keys(1_000, seed: 1), salt: 7, isPartial: false)
        let wrong = keys(400_000, seed: 2).count { filter.mayContain($0) }
        #expect((1...20).contains(wrong), "\(wrong) of 400,000; 6 are expected")
    }

    @Test(arguments: [100, 1_000, KeyFilter.maximumKeys])
    func `a key takes little more than two bytes, and a full filter fits into a header`(count: Int) throws {
        let (_, size) = try carried(KeyFilter(keys(count, seed: 3), salt: 7, isPartial: true))
        #expect(size <= count * 18 / 8 + 24)
        #expect(size <= MessageHeader.maximumBytes * 6 / 10)
        #expect(KeyFilter.keyCount(roomBytes: count * 18 / 8 + 1) >= min(count, KeyFilter.maximumKeys))
    }

    @Test func `a filter that is too large or not in its canonical coding is refused`() throws {
        var writer = CBORWriter()
        KeyFilter(keys(300, seed: 4), salt: 7, isPartial: false).write(to: &writer)
        let bytes = writer.bytes
        func code(_ bytes: [UInt8]) -> WireError.Code? {
            failure {
                var reader = CBORReader(bytes[...])
                _ = try KeyFilter(from: &reader)
            }?.code
        }
        #expect(code(bytes) == nil)
        for (count, expected) in [(299, WireError.Code.malformed), (301, .malformed), (0, .tooLarge)] {
            var changed = bytes
            // Four parts, the salt, whether it is partial, then the count in two bytes.
            #expect(changed[11] == 0x19)
            (changed[12], changed[13]) = (UInt8(count >> 8), UInt8(count & 0xff))
            if count == 0 { changed.replaceSubrange(11...13, with: [0]) }
            #expect(code(changed) == expected, "\(count)")
        }
        var over = CBORWriter()
        over.array(count: 4)
        over.byteString([UInt8](repeating: 0, count: 8))
        over.boolean(true)
        over.unsigned(UInt64(KeyFilter.maximumKeys) + 1)
        over.byteString([])
        #expect(code(over.bytes) == .tooLarge)
        var random = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            var changed = bytes
            changed[Int.random(in: changed.indices, using: &random)] = random.bytes(1)[0]
            _ = code(changed)
        }
    }

    @Test func `a record's key covers its whole content and ignores the order of replaced names`() {
        let names = [1, 2].map { TransactionName(origin: Origin(rawValue: $0), sequence: 3) }
        func record(_ value: String, replaces: [TransactionName] = [], kind: String = "article")
            -> RecordChanges
        {
            RecordChanges(
                id: RecordID(rawValue: 1), kind: kind,
                fields: [FieldChange(field: "title", value: .text(Array(value.utf8)), replaces: replaces)])
        }
        let first = record("\"Water\"", replaces: names)
        let turned = record("\"Water\"", replaces: names.reversed())
        #expect(first.key(salt: 1) == turned.key(salt: 1))
        #expect(first.saysTheSame(as: turned))
        #expect(first.key(salt: 1) != first.key(salt: 2))
        for other in [
            record("\"Fire\"", replaces: names), record("\"Water\""), record("\"Water\"", kind: "note"),
        ] {
            #expect(first.key(salt: 1) != other.key(salt: 1))
            #expect(!first.saysTheSame(as: other))
        }
    }
}
