internal import Glibc
internal import Storage

/// A folder of archives that are served.
enum ServedFolder {
    /// Made if it is not there, as the archives in it are; its own parent must exist, or it is a typing error.
    static func prepare(_ root: String) throws(StorageError) {
        guard mkdir(root, 0o755) == 0 || access(root, R_OK | X_OK) == 0 else {
            throw StorageError(
                .noArchive, "the folder \(root) cannot be served: \(String(cString: strerror(errno)))",
                hint: "make it first: mkdir -p \(root)")
        }
    }
}
