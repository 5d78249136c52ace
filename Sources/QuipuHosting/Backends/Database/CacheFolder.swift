internal import Glibc
internal import QuipuStorage

/// The folder of a process's copies of archives, which it alone uses, and whose loss does no harm.
///
/// It has a folder for each database, named by the database's id, so that data of one database is never served as
/// another's. In that, each archive's copy is a folder with the archive's name. A copy that contradicts the database
/// is set aside as `NAME~1`, `NAME~2`, … until the database has everything in it; archive names have no `~`.
final class CacheFolder: Sendable {
    let path: String
    /// The temporary folder to remove at the end, if no folder was given.
    private let temporary: String?
    private let lockFile: Int32

    /// - Parameters:
    ///   - place: created if it is missing; nil for a temporary one.
    ///   - database: the id of the database.
    /// - Throws: `StorageError` if it cannot be used, or another process uses it.
    init(_ place: String?, of database: [UInt8]) throws {
        temporary = try place == nil ? Self.makeTemporary() : nil
        let root = place ?? temporary ?? ""
        guard mkdir(root, 0o700) == 0 || errno == EEXIST else { throw Self.unusable(root) }
        lockFile = open(root + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lockFile >= 0 else { throw Self.unusable(root) }
        path = root + "/" + database.map { Self.hexadecimal($0) }.joined()
        // From here on `deinit` closes the lock, also if this throws.
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

    /// The copies of an archive that were set aside.
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

/// Operations on trees of folders.
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

    /// Removes a folder and its contents, as far as permissions allow. Links are not followed.
    static func remove(_ folder: String) {
        for name in names(in: folder) {
            let path = folder + "/" + name
            if unlink(path) != 0 { remove(path) }
        }
        rmdir(folder)
    }
}
