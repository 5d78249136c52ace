/// The words of a text as a search compares them, with their places in it.
public struct FoldedText: Sendable {
    public enum Part: Sendable {
        /// Ended by something that is no letter.
        case word
        /// Two letters of a run.
        case pair
        /// The last letter of a run, alone; after a pair if the run has more than one.
        case runEnd
    }

    public struct Word: Sendable {
        /// In `FoldedText.bytes`.
        public let bytes: Range<Int>
        /// Bytes of the text's UTF-8, marks included.
        public let source: Range<Int>
        /// Of a pair: where its first letter ends in the text.
        public let firstEnd: Int
        public let part: Part
    }

    /// UTF-8; words may lie anywhere in it.
    public let bytes: [UInt8]
    public let words: [Word]

    public subscript(word: Word) -> ArraySlice<UInt8> { bytes[word.bytes] }
}
