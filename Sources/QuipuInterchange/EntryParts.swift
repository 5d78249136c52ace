internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// The records that belong to one article before a source is read, with its notes indexed by text: one entry of a source may have
/// thousands.
final class EntryParts {
    let article: RecordID
    let records: [Record]
    private let notes: [Record]
    private var byText: [[UInt8]: [Int]] = [:]
    /// By each text that an import gave; made when first needed.
    private var byGivenText: [[UInt8]: [Int]]?
    /// Of each note the text that an import gave it last.
    private var lastGiven: [[UInt8]?] = []
    private var pairs: [Int: LetterPairs] = [:]
    /// How many pairs of letters are still compared: corrections are few, and what is beyond them becomes notes of their own.
    private var comparisonsLeft = 20_000_000

    init(of article: RecordID, _ records: [Record]) {
        self.article = article
        self.records = records
        notes = records.filter { $0.kind == "note" }
        for (index, note) in notes.enumerated() {
            if let text = note["text"] { byText[text, default: []].append(index) }
        }
    }

    func note(showing text: [UInt8], besides claimed: Set<RecordID>) -> Record? {
        byText[text]?.lazy.map { self.notes[$0] }.first { !claimed.contains($0.id) }
    }

    /// The note that an import gave this text, now or before.
    func note(
        given text: [UInt8], besides claimed: Set<RecordID>, _ imported: (String, Record) throws -> [[UInt8]]
    ) throws -> Record? {
        try readGiven(imported)[text]?.lazy.map { self.notes[$0] }.first { !claimed.contains($0.id) }
    }

    /// The note that is most like the text, among those whose last imported text the source has no more.
    func note(
        like text: [UInt8], besides claimed: Set<RecordID>, notAmong told: Set<[UInt8]>,
        _ imported: (String, Record) throws -> [[UInt8]]
    ) throws -> Record? {
        _ = try readGiven(imported)
        let letters = LetterPairs(decodeString(text) ?? "")
        var likely: (index: Int, percent: Int)?
        for (index, note) in notes.enumerated() where !claimed.contains(note.id) {
            guard comparisonsLeft > 0, let before = lastGiven[index], !told.contains(before) else { continue }
            let other = pairs[index] ?? LetterPairs(decodeString(before) ?? "")
            pairs[index] = other
            comparisonsLeft -= 1 + min(letters.count, other.count)
            guard let percent = letters.percent(sharedWith: other), percent > likely?.percent ?? 0 else {
                continue
            }
            likely = (index, percent)
        }
        return likely.map { notes[$0.index] }
    }

    private func readGiven(_ imported: (String, Record) throws -> [[UInt8]]) throws -> [[UInt8]: [Int]] {
        if let byGivenText { return byGivenText }
        var found: [[UInt8]: [Int]] = [:]
        for (index, note) in notes.enumerated() {
            let given = try imported("text", note)
            for text in Set(given) { found[text, default: []].append(index) }
            lastGiven.append(given.last)
        }
        byGivenText = found
        return found
    }
}

/// What a text is made of, to tell whether it may be a correction of another one: the two share most of it. Case, spaces and
/// punctuation do not count.
struct LetterPairs {
    /// Longer texts are compared by their beginnings.
    private static let maximumLetters = 4_000
    private static let leastPercent = 60

    private var pairs: [UInt64: Int] = [:]
    private var total = 0
    /// Of different pairs.
    var count: Int { pairs.count }

    init(_ text: String) {
        let letters = text.lowercased().unicodeScalars.lazy
            .filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
        var previous: Unicode.Scalar?
        for (index, letter) in letters.enumerated() {
            if index == Self.maximumLetters { break }
            if let previous {
                pairs[UInt64(previous.value) << 32 | UInt64(letter.value), default: 0] += 1
                total += 1
            }
            previous = letter
        }
    }

    /// How many of the pairs of neighbouring letters both have (Dice's coefficient); nil where the texts are not alike.
    func percent(sharedWith other: LetterPairs) -> Int? {
        let both = total + other.total
        // As many as the shorter one has are not enough.
        if both == 0 || 200 * min(total, other.total) / both < Self.leastPercent { return nil }
        let (fewer, more) = count < other.count ? (pairs, other.pairs) : (other.pairs, pairs)
        let shared = fewer.reduce(0) { $0 + min($1.value, more[$1.key] ?? 0) }
        let percent = 200 * shared / both
        return percent >= Self.leastPercent ? percent : nil
    }
}
