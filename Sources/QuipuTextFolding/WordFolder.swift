/// Takes text apart into words as a search compares them: the same for what is indexed and what is asked for.
///
/// Words end where a code point is neither letter nor digit. Letters are folded as `FoldedLetters` says. A run of a
/// script that is searched by pairs (`PairedScripts`) gives each two letters that follow each other, and its last
/// letter alone; so two letters or more are found wherever they stand, and one letter is the beginning of a pair or
/// the end of a run. An Arabic word loses its article, with what is written before it as one word.
///
/// A value remembers what it has folded; keep one for many texts.
public struct WordFolder {
    private var letters = FoldedLetters()
    /// What is being written, and where each word of it comes from, if anybody asked.
    private var out: [UInt8] = []
    private var words: [FoldedText.Word]?

    /// The word in hand.
    private var wordStart = 0
    private var sourceStart = 0
    private var sourceEnd = 0
    private var isInWord = false
    /// The last letter of the run in hand.
    private var pending: Pending?

    private struct Pending {
        let letter: FoldedLetters.Letter
        let start: Int
        var end: Int
    }

    public init() {}

    /// Appends the words of a text in UTF-8, a space behind each.
    public mutating func append(wordsOf text: String, to bytes: inout [UInt8]) {
        swap(&out, &bytes)
        fold(text)
        swap(&out, &bytes)
    }

    /// The words of a text with their places in it.
    public mutating func words(of text: String) -> FoldedText {
        (out, words) = ([], [])
        fold(text)
        defer { (out, words) = ([], nil) }
        return FoldedText(bytes: out, words: words ?? [])
    }

    private mutating func fold(_ text: String) {
        var text = text
        text.withUTF8 { fold($0) }
    }

    private mutating func fold(_ text: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while index < text.count {
            if words == nil, !isInWord, pending == nil {
                index = appendPlain(text, from: index)
                if index == text.count { break }
            }
            let byte = text[index]
            if byte < 0x80 {
                let lower = byte | 0x20
                if lower &- UInt8(ascii: "a") < 26 {
                    add(lower, at: index)
                } else if byte &- UInt8(ascii: "0") < 10 {
                    add(byte, at: index)
                } else {
                    end()
                }
                index &+= 1
            } else {
                let (codePoint, length) = Self.decode(text, index)
                add(letters.places(of: codePoint), from: index, to: index &+ length)
                index &+= length
            }
        }
        end()
    }

    /// The ASCII letters from between two words on: most texts have little else, and nobody asks for their places.
    /// - Returns: where the text goes on, perhaps within a word.
    private mutating func appendPlain(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index < text.count, text[index] < 0x80 {
            let part = UnsafeBufferPointer(rebasing: text[index..<min(text.count, index &+ Self.plainBytes)])
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.plainBytes) { folded in
                let (taken, used, endsInWord) = PlainText.fold(part, into: folded, isInWord: isInWord)
                let before = out.count
                out.append(contentsOf: UnsafeBufferPointer(rebasing: folded[..<used]))
                if let space = folded[..<used].lastIndex(of: UInt8(ascii: " ")) {
                    wordStart = before &+ space &+ 1
                } else if !isInWord {
                    wordStart = before
                }
                isInWord = endsInWord
                index &+= taken
            }
        }
        return index
    }

    /// As much as is set aside without asking for memory.
    private static let plainBytes = 1_024

    @inline(__always)
    private mutating func add(_ byte: UInt8, at index: Int) {
        if !isInWord { begin(at: index) }
        out.append(byte)
        sourceEnd = index &+ 1
    }

    private mutating func add(_ places: Range<Int>, from start: Int, to end: Int) {
        // A mark belongs to what it stands on.
        if places.isEmpty {
            sourceEnd = end
            pending?.end = end
        }
        for place in places {
            let letter = letters.letters[place]
            switch letter.role {
            case .separator: self.end()
            case .letter:
                if !isInWord { begin(at: start) }
                append(letter)
                sourceEnd = end
            case .paired:
                if isInWord { endWord() }
                if let before = pending { write(before, letter, to: end) }
                pending = Pending(letter: letter, start: start, end: end)
            }
        }
    }

    private mutating func begin(at index: Int) {
        endRun()
        isInWord = true
        wordStart = out.count
        sourceStart = index
    }

    @inline(__always)
    private mutating func end() {
        if isInWord { endWord() }
        if pending != nil { endRun() }
    }

    private mutating func endWord() {
        isInWord = false
        ArabicArticle.remove(from: &out, wordStart: wordStart)
        finish(.word, from: sourceStart, firstEnd: sourceEnd, to: sourceEnd)
    }

    private mutating func endRun() {
        guard let last = pending else { return }
        pending = nil
        wordStart = out.count
        append(last.letter)
        finish(.runEnd, from: last.start, firstEnd: last.end, to: last.end)
    }

    private mutating func write(_ before: Pending, _ letter: FoldedLetters.Letter, to end: Int) {
        wordStart = out.count
        append(before.letter)
        append(letter)
        finish(.pair, from: before.start, firstEnd: before.end, to: end)
    }

    private mutating func append(_ letter: FoldedLetters.Letter) {
        var bytes = letter.bytes
        for _ in 0..<letter.count {
            out.append(UInt8(truncatingIfNeeded: bytes))
            bytes >>= 8
        }
    }

    private mutating func finish(_ part: FoldedText.Part, from start: Int, firstEnd: Int, to end: Int) {
        words?.append(
            .init(bytes: wordStart..<out.count, source: start..<end, firstEnd: firstEnd, part: part))
        out.append(UInt8(ascii: " "))
    }

    /// `index` is at the first byte of a code point of a `String`, so the sequence is whole.
    @inline(__always)
    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> (UInt32, Int) {
        let lead = UInt32(bytes[index])
        func rest(_ offset: Int) -> UInt32 { UInt32(bytes[index &+ offset] & 0x3F) }
        if lead < 0xE0 { return ((lead & 0x1F) << 6 | rest(1), 2) }
        if lead < 0xF0 { return ((lead & 0x0F) << 12 | rest(1) << 6 | rest(2), 3) }
        return ((lead & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4)
    }
}
