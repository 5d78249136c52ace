internal import QuipuFiles
internal import QuipuStorage

/// The device and inode number of a file.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let number: UInt64

    /// Nil if there is no file.
    init?(path: String) {
        guard let facts = FileFacts(path) else { return nil }
        device = facts.device
        number = facts.inode
    }
}
