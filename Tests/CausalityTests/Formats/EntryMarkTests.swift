import QuipuCBOR
import QuipuCausality
import Testing

@Suite struct EntryMarkTests {
    private let root = ChainHash(high: 1, low: 2)

    private func transaction(_ mark: EntryMark?) -> Transaction {
        Transaction(
            name: TransactionName(origin: Origin(rawValue: 7), sequence: 1), stamp: Stamp(milliseconds: 1),
            author: "ana", isByProgram: false,
            records: [
                RecordChanges(
                    id: RecordID(rawValue: 9), kind: "article",
                    fields: [FieldChange(field: "title", value: .text(Array("\"T\"".utf8)), replaces: [])])
            ], unknown: mark?.encoded ?? [])
    }

    @Test func `a mark is read as it was written`() {
        for mark in [
            EntryMark(.first(words: "import refs.ris")), EntryMark(.continuing(back: 3)),
            EntryMark(.first(words: "undo tag +river"), undo: .init(count: 1, root: root)),
            EntryMark(.continuing(back: 1 << 40), undo: .init(count: 2, root: root)),
        ] {
            #expect(EntryMark(in: mark.encoded) == mark)
        }
    }

    @Test func `the bytes of a mark are those of version one`() {
        // 10: "tag"; 10: 2, 11: [1, chain].
        #expect(EntryMark(.first(words: "tag")).encoded == [0x0a, 0x63, 0x74, 0x61, 0x67])
        let chain = [UInt8](repeating: 0, count: 15) + [1] + [UInt8](repeating: 0, count: 15) + [2]
        #expect(
            EntryMark(.continuing(back: 2), undo: .init(count: 1, root: root)).encoded
                == [0x0a, 0x02, 0x0b, 0x82, 0x01, 0x58, 0x20] + chain)
    }

    @Test func `words are cut at a whole character to at most 200 bytes`() throws {
        let mark = try #require(
            EntryMark(in: EntryMark(.first(words: String(repeating: "é", count: 300))).encoded))
        guard case .first(let words) = mark.place else { return #expect(Bool(false)) }
        #expect(words.utf8.count <= EntryMark.maximumWordsBytes && words.hasSuffix("é…"))
    }

    @Test func `members that are no mark, or malformed ones, are no mark`() {
        #expect(EntryMark(in: []) == nil)
        // 12: 1; 10: 0; 10: true; 10 without a value.
        for bytes: [UInt8] in [[0x0c, 0x01], [0x0a, 0x00], [0x0a, 0xf5], [0x0a]] {
            #expect(EntryMark(in: bytes) == nil)
        }
        // A malformed undo leaves the place.
        #expect(EntryMark(in: [0x0a, 0x01, 0x0b, 0x01]) == EntryMark(.continuing(back: 1)))
    }

    @Test func `a transaction without a mark has the hash that it had before there were marks`() throws {
        func hash(_ transaction: Transaction) throws -> ChainHash {
            try ChainHash(of: transaction, after: nil) { (_: TransactionName) throws in root }
        }
        let plain = try hash(transaction(nil))
        #expect(plain == (try hash(transaction(nil))))
        #expect(plain != (try hash(transaction(EntryMark(.first(words: "set title"))))))
    }
}
