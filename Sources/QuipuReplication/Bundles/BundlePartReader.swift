/// Reads the blocks of one part from bytes of any origin, one at a time: memory is bounded by the size of a block.
///
/// A block whose hash does not match is passed over by its length if another block begins there, else the next one
/// that matches is looked for.
struct BundlePartReader {
    enum Event: Equatable {
        case block(BundleBlock)
        /// Bytes of no use, up to the next block.
        case damaged(Range<Int>)
        /// The file ends here, before its last block; or there is no sound block from here on.
        case cut(at: Int)
        /// Bytes after the last block, which nobody signed.
        case appended(Range<Int>)
    }

    /// What is read and hashed in vain of one part, beside twice its size, before the rest counts as damaged: bytes that
    /// look like the beginnings of many blocks cost no more than that.
    static let spareTrialBytes = 4 << 20

    private static let searchedBytes = 64 << 10

    private let sizeBytes: Int
    private let bytes: (Range<Int>) throws -> [UInt8]
    private(set) var offset = BundleBlock.magic.count
    private var isEnded = false
    private var trialBytesLeft: Int

    /// - Parameter bytes: reads a range of the file; fewer bytes count as its end.
    /// - Returns: nil if the file does not begin like a bundle.
    init?(sizeBytes: Int, bytes: @escaping (Range<Int>) throws -> [UInt8]) throws {
        let magic = BundleBlock.magic
        guard sizeBytes >= magic.count, try bytes(0..<magic.count) == magic else { return nil }
        self.sizeBytes = sizeBytes
        self.bytes = bytes
        trialBytesLeft = sizeBytes * 2 + Self.spareTrialBytes
    }

    /// The block with which the part begins.
    /// - Returns: nil if it is damaged; none is looked for after it.
    mutating func first() throws -> BundleBlock? {
        guard let (head, end) = try head(at: offset), let block = try block(head, at: offset, end: end) else {
            return nil
        }
        offset = end
        return block
    }

    /// Reads on after a block that said that it is the last, and is not the sender's.
    mutating func disregardEnd() { isEnded = false }

    /// - Returns: nil after the last block and what follows it, or after `cut`.
    mutating func next() throws -> Event? {
        if isEnded {
            defer { offset = sizeBytes }
            return offset < sizeBytes ? .appended(offset..<sizeBytes) : nil
        }
        if offset >= sizeBytes {
            isEnded = true
            return .cut(at: sizeBytes)
        }
        let start = offset
        if let (head, end) = try head(at: start) {
            if let block = try block(head, at: start, end: end) {
                offset = end
                if block.kind == .end { isEnded = true }
                return .block(block)
            }
            if end == sizeBytes {
                offset = end
                return .damaged(start..<end)
            }
            if try self.head(at: end) != nil {
                offset = end
                return .damaged(start..<end)
            }
        }
        guard let found = try nextBlock(after: start) else {
            isEnded = true
            offset = sizeBytes
            return .cut(at: start)
        }
        offset = found
        return .damaged(start..<found)
    }

    private struct Head {
        var kind: BundleBlock.Kind
        var index: UInt32
        var hash: UInt128
        var signature: [UInt8]
    }

    /// The head of a block that is all there, and where the block ends; nil for anything else.
    private func head(at place: Int) throws -> (Head, end: Int)? {
        guard sizeBytes - place >= BundleBlock.headBytes else { return nil }
        let head = try bytes(place..<place + BundleBlock.headBytes)
        guard head.count == BundleBlock.headBytes, head.starts(with: BundleBlock.marker),
            let kind = BundleBlock.Kind(rawValue: head[3])
        else { return nil }
        let length = Int(head[8..<12].reduce(0 as UInt32) { $0 << 8 | UInt32($1) })
        guard length <= BundleBlock.maximumBytes, length <= sizeBytes - place - BundleBlock.headBytes else {
            return nil
        }
        return (
            Head(
                kind: kind, index: head[4..<8].reduce(0) { $0 << 8 | UInt32($1) },
                hash: head[12..<28].reduce(0) { $0 << 8 | UInt128($1) }, signature: Array(head[28...])),
            place + BundleBlock.headBytes + length
        )
    }

    /// Nil if it is not sound, or if too much was tried already.
    private mutating func block(_ head: Head, at place: Int, end: Int) throws -> BundleBlock? {
        guard end - place <= trialBytesLeft else { return nil }
        let payload = try bytes(place + BundleBlock.headBytes..<end)
        let block = BundleBlock(
            kind: head.kind, index: head.index, hash: head.hash, signature: head.signature, payload: payload)
        if block.isSound { return block }
        trialBytesLeft -= end - place
        return nil
    }

    /// The start of the next sound block; nil if there is none.
    private mutating func nextBlock(after start: Int) throws -> Int? {
        var place = start + 1
        let marker = BundleBlock.marker
        while sizeBytes - place >= BundleBlock.headBytes {
            let searched = try bytes(place..<min(sizeBytes, place + Self.searchedBytes))
            guard searched.count >= marker.count else { return nil }
            for index in 0...searched.count - marker.count where searched[index] == marker[0] {
                guard searched[index...].starts(with: marker) else { continue }
                trialBytesLeft -= BundleBlock.headBytes
                guard trialBytesLeft > 0 else { return nil }
                guard let (head, end) = try head(at: place + index) else { continue }
                if try block(head, at: place + index, end: end) != nil { return place + index }
            }
            // A marker may begin at the end of what was searched.
            place += searched.count - marker.count + 1
        }
        return nil
    }
}
