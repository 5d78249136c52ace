internal import Glibc
internal import QuipuStorage

/// Where a process keeps its copies of archives: a folder that belongs to it alone, and that it can lose at any time.
///
/// In it there is a folder for each database, named by the database's id, so that what was read from one is never
/// given to another. In that an archive's copy is a folder of the archive's name. One that the database contradicts is
/// set aside as `NAME~1`, `NAME~2`, … until the database has all that is in it; no archive's name has a `~`.
final class CacheFolder: Sendable {
    let path: String
    /// The folder to remove at the end, where nobody named one.
    private let temporary: String?
    private let lockFile: Int32

    /// - Parameters:
    ///   - place: made if it is not there; nil for a temporary one.
    ///   - database: the id of the database.
    /// - Throws: `StorageError` where it cannot be used, or another process uses it.
    init(_ place: String?, of database: [UInt8]) throws {
        temporary = try place == nil ? Self.makeTemporary() : nil
        let root = place ?? temporary ?? ""
        guard mkdir(root, 0o700) == 0 || errno == EEXIST else { throw Self.unusable(root) }
        lockFile = open(root + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lockFile >= 0 else { throw Self.unusable(root) }
        path = root + "/" + database.map { Self.hexadecimal($0) }.joined()
        // From here on the lock is `deinit`'s to close, also where this throws.
        guard flock(lockFile, LOCK_EX | LOCK_NB) == 0 else {
            throw StorageError(
                .busy, "another process uses the cache folder \(root)",
                remedy: Remedy(.ownCache))
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.unusable(path) }
    }

    deinit {
        if let temporary { FolderTree.remove(temporary) }
        close(lockFile)
    }

    func folder(of name: String) -> String { path + "/" + name }

    /// Copies of an archive that were set aside.
    func foldersSetAside(of name: String) -> [String] {
        FolderTree.names(in: path).filter { $0.hasPrefix(name + "~") }.sorted().map { path + "/" + $0 }
    }

    func setAside(_ name: String) throws {
        var number = 1
        while access("\(folder(of: name))~\(number)", F_OK) == 0 { number += 1 }
        guard rename(folder(of: name), "\(folder(of: name))~\(number)") == 0 else {
            throw Self.unusable(folder(of: name))
        }
    }

    func remove(_ folder: String) { FolderTree.remove(folder) }

    private static func makeTemporary() throws -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let template = (parent.isEmpty ? "/tmp" : parent) + "/quipu-cache-XXXXXX"
        var bytes = template.utf8CString.map { $0 }
        let isMade = bytes.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        guard isMade else { throw unusable(template) }
        return String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func unusable(_ path: String) -> StorageError {
        StorageError(
            errno == ENOSPC ? .diskFull : .readOnly,
            "the cache folder \(path) cannot be used: \(String(cString: strerror(errno)))",
            remedy: Remedy(.otherCache))
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}

/// Folders as trees of names.
enum FolderTree {
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { found.append(name) }
        }
        return found
    }

    /// Removes a folder with all that is in it, as far as that is allowed. Links are not followed.
    static func remove(_ folder: String) {
        for name in names(in: folder) {
            let path = folder + "/" + name
            if unlink(path) != 0 { remove(path) }
        }
        rmdir(folder)
    }
}
