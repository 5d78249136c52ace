internal import CQuipuLinux
internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuFiles
internal import QuipuFormats
internal import QuipuStorage

/// The files that a source names or holds, which become attachments.
///
/// A path is looked up in the folder of the source and below it only: nothing absolute, no `..`, no link on the way.
struct ImportedFiles {
    struct Missing: Error {
        let text: String
    }

    private static let blockBytes = 256 << 10

    private let store: Store
    private let keepsFiles: Bool
    private let mediaType: (String) -> String

    init(_ store: Store, keepsFiles: Bool, mediaType: @escaping (String) -> String) {
        self.store = store
        self.keepsFiles = keepsFiles
        self.mediaType = mediaType
    }

    /// The fields that say what the file is, which is then in the archive.
    func fields(
        of item: SourceItem, _ file: SourceFile
    ) throws -> Result<[(name: String, value: [UInt8])], Missing> {
        let descriptor: Int32
        var name = item["name"].flatMap { decodeString($0) }
        switch file {
        case .bytes(let bytes):
            descriptor = quipu_memory_file()
            guard descriptor >= 0, Self.write(bytes, to: descriptor) else {
                if descriptor >= 0 { close(descriptor) }
                return .failure(Missing(text: "its file cannot be kept in memory"))
            }
        case .path(let path):
            switch Self.open(path, besideSourceOf: item.place) {
            case .failure(let missing): return .failure(missing)
            case .success(let opened): descriptor = opened
            }
            name = name ?? path.split(separator: "/").last.map(String.init)
        }
        defer { close(descriptor) }
        let content: (hash: BlobHash, sizeBytes: UInt64)
        do {
            content = try add(descriptor)
        } catch let error as StorageError where error.code == .tooLarge {
            return .failure(Missing(text: "its file was left out: it is too large"))
        }
        let type = item["mediaType"].flatMap { decodeString($0) } ?? mediaType(name ?? "")
        return .success([
            (name: "name", value: canonicalString(name ?? "file")),
            (name: "sha256", value: canonicalString(content.hash.hexadecimal)),
            (name: "sizeBytes", value: Array("\(content.sizeBytes)".utf8)),
            (name: "mediaType", value: canonicalString(type)),
        ])
    }

    /// A content that the archive has is not copied again.
    private func add(_ descriptor: Int32) throws -> (hash: BlobHash, sizeBytes: UInt64) {
        var sum = SHA256()
        var size: UInt64 = 0
        var block = [UInt8](repeating: 0, count: Self.blockBytes)
        while true {
            let count = pread(descriptor, &block, block.count, off_t(size))
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            block.withUnsafeBytes { sum.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            size += UInt64(count)
        }
        let hash = sum.finish()
        if try !keepsFiles || store.blobs.files.sizeBytes(of: hash) != nil { return (hash, size) }
        return try store.blobs.files.add(fileAt: "/proc/self/fd/\(descriptor)")
    }

    private static func open(_ path: String, besideSourceOf place: SourcePlace) -> Result<Int32, Missing> {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
        guard let folder = folder(of: place.file) else {
            return .failure(Missing(text: "its file was left out, since the source has no folder: \(path)"))
        }
        guard path.first != "/", !parts.isEmpty, !parts.contains(".."), !path.utf8.contains(0) else {
            return .failure(
                Missing(text: "its file was left out, since it does not lie beside the source: \(path)"))
        }
        var current = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for (number, part) in parts.enumerated() where current >= 0 {
            let isLast = number == parts.count - 1
            let next = openat(
                current, String(part),
                O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | (isLast ? O_NONBLOCK : O_DIRECTORY))
            let failure = errno
            close(current)
            current = next
            errno = failure
        }
        guard current >= 0 else {
            let reason =
                errno == ENOENT ? "is missing" : "cannot be read (\(String(cString: strerror(errno))))"
            return .failure(Missing(text: "its file \(reason): \(path)"))
        }
        guard FileFacts(current)?.isRegular == true else {
            close(current)
            return .failure(Missing(text: "its file is no regular file: \(path)"))
        }
        return .success(current)
    }

    /// The folder of the file that an item is from; inside a container its place begins with the container's path.
    private static func folder(of file: String) -> String? {
        var path = file
        while !path.isEmpty, path != "/" {
            let above = OutputFolderName.above(path)
            if FileFacts(path)?.isRegular == true { return above }
            if above == "." { return nil }
            path = above
        }
        return nil
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count > 0 { written += count } else if errno != EINTR { return false }
        }
        return true
    }
}
