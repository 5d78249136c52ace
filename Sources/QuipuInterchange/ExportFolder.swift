internal import Glibc
internal import QuipuCausality
internal import QuipuFiles
internal import QuipuFormats
internal import QuipuNaturalKeys
internal import QuipuStorage

/// A folder that records are exported into, a file each, as often as somebody likes: it then holds what an export into an
/// empty folder would.
///
/// What an export wrote is noted in `.quipu-export` in the folder, in the form of `sha256sum`, before it is written. Only
/// files that are as an earlier export of the same archive wrote them are replaced or removed. One that somebody changed
/// since is kept: beside the new one where a record still has its name, else where it is.
public final class ExportFolder {
    /// What is in it. Each form knows its own files only.
    public enum Form: Sendable, CaseIterable {
        /// A Markdown file for each record or article.
        case markdown
        /// Pages that work from the file system.
        case site

        /// In what is noted in the folder.
        var word: String { self == .site ? "site" : "export" }

        var title: String { self == .site ? "a site" : "a Markdown export" }
    }

    /// What the folder holds in addition to the records.
    public struct Rest: Sendable {
        /// Removed files, of records that are gone or renamed.
        public fileprivate(set) var removed = 0
        /// Changed files without a current record, which are kept.
        public fileprivate(set) var changed: [String] = []
        /// Changed files, under the names that they have now.
        public fileprivate(set) var setAside: [String] = []
        /// Some of the Markdown files that no export of this archive wrote, and their number.
        public fileprivate(set) var others: [String] = []
        public fileprivate(set) var otherCount = 0
    }

    private static let maximumOthersNamed = 8

    private let path: String
    private let form: Form
    private var manifest: ExportManifest
    private var written: [String: String] = [:]
    private var rest = Rest()

    /// Makes the folder where there is none, and reads what earlier exports noted. A site and Markdown do not share a folder.
    ///
    /// - Parameter archive: the archive's id.
    /// - Throws: `StorageError`, `InterchangeError`.
    public init(path: String, archive: String, form: Form) throws {
        self.path = path
        self.form = form
        try Self.makeFolder(path)
        manifest = try ExportManifest(in: path, of: archive, form: form)
    }

    /// - Parameter relativePath: as `MarkdownWriter` or `SiteWriter` gives it.
    public func write(_ relativePath: String, _ bytes: [UInt8]) throws {
        let place = path + "/" + relativePath
        let hash = bytes.withUnsafeBytes { bytes in
            var sum = SHA256()
            sum.update(bytes)
            return sum.finish().hexadecimal
        }
        written[relativePath] = hash
        let present = Self.content(of: place)
        if case .file(let known) = present, known == hash { return try manifest.note(hash, relativePath) }
        switch present {
        case .nothing: try Self.makeFolder(OutputFolderName.above(place))
        case .file(let known) where manifest.entries[relativePath]?.contains(known ?? "") == true: break
        case .file, .other: try setAside(relativePath)
        }
        try manifest.note(hash, relativePath)
        let file = try OutputFile(path: place, syncsFolder: false)
        try file.write(bytes)
        try file.finish()
    }

    /// Whether earlier exports of this archive wrote records into it.
    public var isOfRecords: Bool { !manifest.entries.isEmpty }

    /// Removes what earlier exports wrote and this one did not.
    public func finish() throws -> Rest {
        for (relativePath, hashes) in manifest.entries.sorted(by: { $0.key < $1.key })
        where written[relativePath] == nil {
            let place = path + "/" + relativePath
            switch Self.content(of: place) {
            case .nothing: manifest.forget(relativePath)
            case .file(let hash) where hash.map(hashes.contains) == true:
                guard unlink(place) == 0 else { throw Self.failure(place) }
                // Only an empty one goes.
                rmdir(OutputFolderName.above(place))
                manifest.forget(relativePath)
                rest.removed += 1
            case .file, .other: rest.changed.append(relativePath)
            }
        }
        for (relativePath, hash) in written { manifest.replace(relativePath, with: hash) }
        for folder in Set(written.keys.map { OutputFolderName.above(path + "/" + $0) }) { Self.sync(folder) }
        try manifest.save()
        // An import of the folder would read them too; nobody imports a site.
        if form == .markdown { try lookForOthers() }
        return rest
    }

    /// Has the names in it on the disk.
    private static func sync(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Some file systems cannot, and then have nothing to wait for.
        fsync(descriptor)
        close(descriptor)
    }

    private func setAside(_ relativePath: String) throws {
        var number = 1
        while true {
            let name = relativePath + (number == 1 ? ".changed" : ".changed-\(number)")
            if FileFacts(path + "/" + name, followsLinks: false) == nil {
                guard rename(path + "/" + relativePath, path + "/" + name) == 0 else {
                    throw Self.failure(path + "/" + relativePath)
                }
                return rest.setAside.append(name)
            }
            number += 1
        }
    }

    private func lookForOthers() throws {
        var walk = try FolderWalk(path: path)
        let known = Set(rest.changed)
        while let step = walk.next() {
            guard case .file(let file) = step else { continue }
            let relativePath = String(file.dropFirst(path.hasSuffix("/") ? path.count : path.count + 1))
            if written[relativePath] != nil || known.contains(relativePath) { continue }
            rest.otherCount += 1
            if rest.others.count < Self.maximumOthersNamed { rest.others.append(relativePath) }
        }
    }

    private enum Content {
        case nothing
        /// Its SHA-256; nil where it cannot be read, or is longer than any that an export writes.
        case file(String?)
        /// A link, a folder.
        case other
    }

    private static func content(of place: String) -> Content {
        guard let facts = FileFacts(place, followsLinks: false) else { return .nothing }
        guard facts.isRegular else { return .other }
        guard facts.sizeBytes <= SourceLimits.maximumFileBytes, let source = try? ByteSource(path: place),
            let bytes = try? source.readAll(maximumBytes: SourceLimits.maximumFileBytes)
        else { return .file(nil) }
        return .file(
            bytes.withUnsafeBytes { bytes in
                var sum = SHA256()
                sum.update(bytes)
                return sum.finish().hexadecimal
            })
    }

    private static func makeFolder(_ path: String) throws(InterchangeError) {
        if path.isEmpty || FileFacts(path)?.isFolder == true { return }
        let above = OutputFolderName.above(path)
        if above != "." && above != "/" { try makeFolder(above) }
        if mkdir(path, 0o777) != 0, errno != EEXIST { throw failure(path) }
        if FileFacts(path)?.isFolder != true {
            errno = ENOTDIR
            throw failure(path)
        }
    }

    static func failure(_ path: String) -> InterchangeError {
        InterchangeError(
            code: .unwritable, operation: "write", path: path, message: String(cString: strerror(errno)),
            hint: "Choose a writable place with enough room.")
    }
}

enum OutputFolderName {
    /// The folder that the last name of a path is in.
    static func above(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
