internal import QuipuCausality

/// Caches old texts that were expanded and checked against their hashes, for the next read in the same chain. The bytes of
/// a hash never change, so no entry becomes wrong; whether a text is still kept is checked elsewhere.
struct ProvenTexts {
    struct Entry {
        var text: [UInt8]
        /// Compressed texts from it to the end of its chain, itself included.
        var depth: Int
    }

    private let maximumBytes: Int
    private var entries: [ValueHash: Entry] = [:]
    private var sizeBytes = 0

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    subscript(hash: ValueHash) -> Entry? { entries[hash] }

    mutating func insert(_ text: [UInt8], of hash: ValueHash, depth: Int) {
        if text.count > maximumBytes || entries[hash] != nil { return }
        if sizeBytes + text.count > maximumBytes {
            entries.removeAll(keepingCapacity: true)
            sizeBytes = 0
        }
        entries[hash] = Entry(text: text, depth: depth)
        sizeBytes += text.count
    }
}
