internal import QuipuCausality

/// Old texts that were expanded and held against their hashes, for whoever reads the next one of the same chain. Which
/// bytes have a hash never changes, so nothing of it becomes wrong; whether a text is still kept is asked elsewhere.
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
