internal import QuipuStorage

/// Which file is at a path, whatever it is called.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let number: UInt64

    /// Nil when there is none.
    init?(path: String) {
        guard let facts = FileFacts(path) else { return nil }
        device = facts.device
        number = facts.inode
    }
}
