internal import Glibc
internal import QuipuFiles
internal import QuipuNaturalKeys

/// Finds the files of a folder and the folders in it, in the order of their names' bytes: those of Markdown, or all.
/// Hidden entries are passed over; symbolic links are not followed, so that a walk ends and stays inside.
package struct FolderWalk {
    package enum Step {
        case file(String)
        case rejected(path: String, reason: String)
    }

    private struct Level {
        let path: String
        var names: ArraySlice<Name>
    }

    private struct Name {
        let bytes: [UInt8]
        let isFolder: Bool
    }

    private static let extensions = [".md", ".markdown", ".mdown", ".mkd"]

    private var levels: [Level] = []
    private let takesAll: Bool

    /// - Parameter takesAll: whether files that are no Markdown by their names are found too, but for those that a
    ///   browser saved beside a page (`page_files`).
    package init(path: String, takesAll: Bool = false) throws(InterchangeError) {
        self.takesAll = takesAll
        switch FolderWalk.names(in: path, follow: true, takesAll) {
        case .success(let names): levels = [Level(path: path, names: names[...])]
        case .failure(let rejection):
            throw InterchangeError(
                code: .unreadable, operation: "read", path: path, message: rejection.reason,
                hint: "Check who may read the folder.")
        }
    }

    /// nil at the end.
    package mutating func next() -> Step? {
        while var level = levels.popLast() {
            guard let name = level.names.popFirst() else { continue }
            levels.append(level)
            let text = String(decoding: name.bytes, as: UTF8.self)
            let path = level.path.hasSuffix("/") ? level.path + text : level.path + "/" + text
            guard text.utf8.elementsEqual(name.bytes) else {
                return .rejected(path: path, reason: "its name is not UTF-8")
            }
            if !name.isFolder { return .file(path) }
            guard levels.count < SourceLimits.maximumFolderDepth else {
                return .rejected(path: path, reason: "the folder lies too deep")
            }
            switch FolderWalk.names(in: path, follow: false, takesAll) {
            case .success(let names): levels.append(Level(path: path, names: names[...]))
            case .failure(let rejection): return .rejected(path: path, reason: rejection.reason)
            }
        }
        return nil
    }

    /// The folders and the files in a folder, sorted.
    private static func names(
        in path: String, follow: Bool, _ takesAll: Bool
    ) -> Result<[Name], Rejection> {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW)
        let descriptor = open(path, flags)
        guard descriptor >= 0, let stream = fdopendir(descriptor) else {
            let number = errno
            if descriptor >= 0 { close(descriptor) }
            return .failure(Rejection("the folder cannot be read: \(FileOpening.words(number))"))
        }
        defer { closedir(stream) }
        var names: [Name] = []
        while let entry = readdir(stream) {
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard bytes.first != UInt8(ascii: "."),
                let isFolder = isFolder(entry.pointee.d_type, bytes, descriptor)
            else { continue }
            if !isFolder, !takesAll, !isMarkdown(bytes) { continue }
            guard names.count < SourceLimits.maximumFolderEntries else {
                return .failure(
                    Rejection("the folder holds more than \(SourceLimits.maximumFolderEntries) entries"))
            }
            names.append(Name(bytes: bytes, isFolder: isFolder))
        }
        if takesAll { names = names.filter { [names] in !$0.isFolder || !isBesidePage($0.bytes, names) } }
        return .success(names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) })
    }

    /// Whether a folder holds the parts of a page that lies beside it.
    private static func isBesidePage(_ folder: [UInt8], _ names: [Name]) -> Bool {
        let ending = Array("_files".utf8)
        guard folder.count > ending.count, folder.suffix(ending.count).elementsEqual(ending) else {
            return false
        }
        let stem = folder.dropLast(ending.count) + [UInt8(ascii: ".")]
        return names.contains { name in
            guard !name.isFolder, name.bytes.starts(with: stem) else { return false }
            let rest = String(decoding: name.bytes.dropFirst(stem.count).map(ASCII.lowercased), as: UTF8.self)
            return ["html", "htm", "xhtml"].contains(rest)
        }
    }

    /// nil for what is neither a folder nor a regular file.
    private static func isFolder(_ type: UInt8, _ name: [UInt8], _ folder: Int32) -> Bool? {
        switch Int(type) {
        case Int(DT_DIR): return true
        case Int(DT_REG): return false
        case Int(DT_UNKNOWN):
            // Some file systems of memory sticks do not tell.
            guard let facts = FileFacts(name, in: folder) else { return nil }
            return facts.isFolder ? true : facts.isRegular ? false : nil
        default: return nil
        }
    }

    static func isMarkdown(_ name: some Sequence<UInt8>) -> Bool {
        let lowered = String(decoding: name.map(ASCII.lowercased), as: UTF8.self)
        return extensions.contains { lowered.hasSuffix($0) }
    }
}
