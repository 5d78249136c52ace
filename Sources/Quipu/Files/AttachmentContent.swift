internal import QuipuCausality
internal import QuipuStorage

/// The content of an attachment, block by block.
enum AttachmentContent {
    private static let blockBytes = 256 << 10

    /// - Returns: whether it matches its hash. If not, what was visited before is invalid.
    static func forEachBlock(
        of content: any BlobContent, _ hash: BlobHash, _ visit: ([UInt8]) throws -> Void
    ) throws -> Bool {
        var sum = SHA256()
        var offset: UInt64 = 0
        while offset < content.sizeBytes {
            let block = try content.read(at: offset, count: blockBytes)
            if block.isEmpty { return false }
            block.withUnsafeBytes { sum.update($0) }
            try visit(block)
            offset += UInt64(block.count)
        }
        return sum.finish() == hash
    }
}
