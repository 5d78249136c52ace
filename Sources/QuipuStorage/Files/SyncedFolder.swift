internal import Glibc
internal import QuipuSQLite

/// Makes a renamed file's new name survive a power cut.
enum SyncedFolder {
    /// Whether a file's content is on the disk.
    static func syncFile(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        return descriptor >= 0 && fsync(descriptor) == 0
    }

    static func sync(above path: String) {
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Some file systems cannot, and then have nothing to wait for.
        fsync(descriptor)
        close(descriptor)
    }
}
