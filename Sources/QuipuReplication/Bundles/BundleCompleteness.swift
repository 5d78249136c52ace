/// How much of a bundle was readable.
public struct BundleCompleteness: Sendable {
    /// What is not readable of a bundle.
    public enum Damage: Sendable, Equatable {
        /// A file of a part ends before its last block.
        case cut(path: String, at: Int)
        /// Places in a file that are not as they were written.
        case rotten(path: String, bytes: Range<Int>)
        /// Bytes behind the end of the bundle.
        case appended(path: String, bytes: Range<Int>)
        /// No file that was given has it.
        case missingPart(Int)
        /// Blocks that no file has, by their numbers.
        case missingBlocks(Range<Int>)
    }

    /// Damages that are listed.
    private static let maximumDamages = 100

    /// Files that were read.
    public private(set) var paths: [String] = []
    /// Parts that were read, in order; all of them if `partCount` is known and equal.
    public private(set) var parts: [Int] = []
    /// Nil if the last part was not read to its end.
    public private(set) var partCount: Int?
    public private(set) var damages: [Damage] = []
    /// There are more damages than are listed.
    public private(set) var hasFurtherDamages = false
    /// What one file has of its part.
    private struct Reading {
        let part: Int
        let path: String
        /// The index of the last block that was read.
        var lastBlock: Int
        /// Over the hashes of all blocks up to that one; nil if one was not read.
        var hash: UInt128?
        var blockCount = 0
        var missingBlocks: Range<Int>?
        var damages: [Damage] = []
        var hasFurtherDamages = false
        var isCut = false
        var isLast = false

        mutating func note(_ damage: Damage) {
            if damages.count < maximumDamages { damages.append(damage) } else { hasFurtherDamages = true }
        }

        mutating func note(_ block: BundleBlock) {
            let index = Int(block.index)
            if index != lastBlock + 1 {
                hash = nil
                if index > lastBlock, missingBlocks == nil { missingBlocks = lastBlock + 1..<index }
            }
            lastBlock = max(lastBlock, index)
            blockCount += 1
            hash = hash.map { BundleEnd.hash($0, block.hash) }
        }
    }

    private var reading: Reading?
    /// Of each part the file that has most of it.
    private var best: [Reading] = []

    /// Whether the bundle was read from its first block to its last.
    public var isWhole: Bool { damages.isEmpty && partCount != nil }

    /// Takes a part's file; those of a part follow each other, parts in order.
    mutating func begin(_ part: BundlePart) {
        endReading()
        let number = Int(part.header.part)
        paths.append(part.path)
        if parts.last != number { parts.append(number) }
        let before = best.last { $0.part < number }
        let isNext = number == (before?.part ?? 0) + 1
        var reading = Reading(
            part: number, path: part.path, lastBlock: before?.lastBlock ?? -1,
            hash: before == nil ? 0 : before?.hash)
        if !isNext { reading.hash = nil }
        reading.note(part.first)
        self.reading = reading
    }

    /// Takes the next event of the file that was begun last.
    mutating func note(_ event: BundlePartReader.Event) throws {
        guard var reading else { return }
        defer { self.reading = reading }
        switch event {
        case .cut(let at):
            reading.isCut = true
            reading.note(.cut(path: reading.path, at: at))
        case .appended(let range): reading.note(.appended(path: reading.path, bytes: range))
        case .damaged(let range): reading.note(.rotten(path: reading.path, bytes: range))
        case .block(let block):
            if block.kind == .end {
                let end = try BundleEnd(decoding: block.payload)
                reading.isLast = end.isLast
                // All blocks are there, and are not those that the sender wrote in this order.
                let follows = Int(block.index) == reading.lastBlock + 1
                let isOther = follows && (reading.hash.map { $0 != end.hash } ?? false)
                if isOther || end.blockCount != block.index, reading.missingBlocks == nil {
                    reading.missingBlocks = 0..<max(1, Int(end.blockCount))
                }
            }
            reading.note(block)
        }
    }

    /// Notes what is missing, after the last event.
    mutating func finish() {
        endReading()
        var next = 1
        for reading in best {
            for part in next..<max(next, reading.part) { note(.missingPart(part)) }
            for damage in reading.damages { note(damage) }
            if reading.hasFurtherDamages { hasFurtherDamages = true }
            next = reading.part + 1
            if reading.isLast { partCount = reading.part }
        }
        if partCount == nil, best.last?.isCut != true { note(.missingPart(next)) }
        if damages.isEmpty, let missing = best.lazy.compactMap(\.missingBlocks).first {
            note(.missingBlocks(missing))
        }
    }

    private mutating func endReading() {
        guard let reading = reading.take() else { return }
        guard let last = best.last, last.part == reading.part else { return best.append(reading) }
        let isBetter =
            reading.damages.count != last.damages.count
            ? reading.damages.count < last.damages.count : reading.blockCount > last.blockCount
        if isBetter { best[best.count - 1] = reading }
    }

    private mutating func note(_ damage: Damage) {
        if damages.count < Self.maximumDamages { damages.append(damage) } else { hasFurtherDamages = true }
    }
}
