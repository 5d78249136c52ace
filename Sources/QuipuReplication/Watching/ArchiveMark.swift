internal import QuipuCausality
public import QuipuStorage

/// The state of an archive as a short text to compare: all that a watcher needs to see whether there is something to
/// fetch.
///
/// An archive has the same mark in every process that serves it. A position alone is not enough: an archive that was
/// restored from a backup reaches the same positions with other contents.
public struct ArchiveMark: Sendable, Equatable {
    /// The position of the last transaction in the log.
    public let position: Int64
    /// The hash of the vector and branch starts: equal if and only if the same transactions are held under the same
    /// names.
    public let knowledgeHash: UInt128

    public init(position: Int64, knowledgeHash: UInt128) {
        self.position = position
        self.knowledgeHash = knowledgeHash
    }

    public init(of store: Store) throws {
        (position, knowledgeHash) = try store.reading { (try store.position, try store.log.knowledge().hash) }
    }
}

extension ArchiveMark {
    private static let digits = 32

    /// `POSITION-HASH`, in decimal and in 32 hexadecimal digits.
    public var text: String {
        let hash = String(knowledgeHash, radix: 16)
        return "\(position)-" + String(repeating: "0", count: Self.digits - hash.count) + hash
    }

    /// Nil unless `text` has that form.
    public init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == Self.digits,
            let position = Int64(parts[0]), let hash = UInt128(parts[1], radix: 16)
        else { return nil }
        self.init(position: position, knowledgeHash: hash)
        guard self.text == text else { return nil }
    }
}
