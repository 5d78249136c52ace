internal import Glibc
internal import QuipuFiles

/// The file that exists at the path of an output; links are followed to their end.
enum OutputPlace {
    /// A descriptor that the process has open, as `/dev/stdout` and `/dev/fd/3` name them.
    case descriptor(Int32)
    /// A pipe, a device or the like: to be written to, never replaced.
    case special(String)
    /// A regular file, or nothing yet.
    case file(String, existing: FileFacts?)

    private static let maximumLinks = 40

    /// - Throws: `StorageError`: `fileExists` for a folder, `readOnly` for what cannot be looked at.
    static func resolve(_ path: String) throws(StorageError) -> OutputPlace {
        var place = path
        for _ in 0..<maximumLinks {
            if let number = descriptorNumber(place) { return .descriptor(number) }
            guard let facts = FileFacts(place, followsLinks: false) else {
                if errno == ENOENT { return .file(place, existing: nil) }
                throw .file(path, "cannot be written", errno)
            }
            switch facts.mode & S_IFMT {
            case S_IFREG: return .file(place, existing: facts)
            case S_IFDIR:
                throw StorageError(
                    .fileExists, "this is a folder: \(path)", hint: "give the file's name too: \(path)/NAME")
            case S_IFLNK:
                guard let target = linkTarget(of: place) else {
                    throw .file(path, "cannot be written", errno)
                }
                place = target.hasPrefix("/") ? target : folder(of: place) + "/" + target
            default: return .special(place)
            }
        }
        throw .file(path, "cannot be written", ELOOP)
    }

    /// The folder that a path's last name is in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func descriptorNumber(_ path: String) -> Int32? {
        switch path {
        case "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default: break
        }
        for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
            let digits = path.dropFirst(folder.count)
            if !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                return Int32(digits)
            }
        }
        return nil
    }

    private static func linkTarget(of path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { readlink(path, $0.assumingMemoryBound(to: CChar.self), buffer.count) }
                ?? -1
        }
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
