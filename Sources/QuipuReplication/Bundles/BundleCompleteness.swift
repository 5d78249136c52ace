/// How much of a bundle was readable.
public struct BundleCompleteness: Sendable {
    /// What is not readable of a bundle.
    public enum Damage: Sendable, Equatable {
        /// A file of a part ends before its last block.
        case cut(path: String, at: Int)
        /// Places in a file that are not as they were written.
        case rotten(path: String, bytes: Range<Int>)
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
    /// The index of the last block that was read.
    private var lastBlock = -1
    private var missingBlocks: Range<Int>?
    private var isLastPartCut = false

    /// Whether the bundle was read from its first block to its last.
    public var isWhole: Bool { damages.isEmpty && partCount != nil }

    mutating func begin(_ part: BundlePart) {
        parts.append(Int(part.header.part))
        paths.append(part.path)
        isLastPartCut = false
        note(block: part.firstBlock)
    }

    /// Takes the next event of the part that was begun last.
    mutating func note(_ event: BundlePartReader.Event) throws {
        let path = paths.last ?? ""
        switch event {
        case .cut(let at):
            isLastPartCut = true
            note(.cut(path: path, at: at))
        case .damaged(let range): note(.rotten(path: path, bytes: range))
        case .block(let block):
            note(block: block.index)
            if block.kind == .end, try BundleEnd(decoding: block.payload).isLast { partCount = parts.last }
        }
    }

    /// Notes what is missing, after the last event.
    mutating func finish() {
        let given = Set(parts)
        let last = max(partCount ?? 0, parts.last ?? 0)
        for part in 1...max(1, last) where !given.contains(part) { note(.missingPart(part)) }
        if partCount == nil, !isLastPartCut { note(.missingPart(last + 1)) }
        if damages.isEmpty, let missingBlocks { note(.missingBlocks(missingBlocks)) }
    }

    private mutating func note(block number: UInt32) {
        let index = Int(number)
        if index > lastBlock + 1, missingBlocks == nil { missingBlocks = lastBlock + 1..<index }
        lastBlock = max(lastBlock, index)
    }

    private mutating func note(_ damage: Damage) {
        if damages.count < Self.maximumDamages { damages.append(damage) } else { hasFurtherDamages = true }
    }
}
