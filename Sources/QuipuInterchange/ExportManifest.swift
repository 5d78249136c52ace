internal import Glibc
internal import QuipuFiles
internal import QuipuFormats
internal import QuipuNaturalKeys
internal import QuipuStorage

/// What exports into a folder wrote: for each archive and form (`quipu export` for Markdown, `quipu site`) a line with its id, then a line for each file with the SHA-256 of its
/// content. While an export runs, lines are added; a file may have several until it ends.
struct ExportManifest {
    static let name = ".quipu-export"
    private static let headerStart = "# quipu "
    /// Beyond it, what is in the file is not this.
    private static let maximumLineBytes = 1_024
    private static let maximumLines = 4_000_000

    /// The contents that exports of this archive gave a file, by its path in the folder.
    private(set) var entries: [String: Set<String>] = [:]
    /// Lines of other archives and forms, as they are.
    private var others: [String] = []
    private let path: String
    private let header: String
    private let descriptor: Appending

    /// - Throws: `InterchangeError` where the folder cannot be written, or holds what a folder of this form must not hold.
    init(in folder: String, of archive: String, form: ExportFolder.Form) throws(InterchangeError) {
        path = folder + "/" + Self.name
        header = Self.headerStart + form.word + " of archive " + archive
        let noted = FileFacts(path) == nil ? Noted() : try Noted(path, header)
        (entries, others) = (noted.entries, noted.others)
        try Self.requireSuitable(folder, form, noted)
        descriptor = try Appending(path)
        try descriptor.append(header + "\n")
    }

    /// A site has names of its own, such as `index.html`, and whoever opens or imports a folder gets one thing: so a site shares its
    /// folder with nothing, and Markdown does not with a site.
    private static func requireSuitable(
        _ folder: String, _ form: ExportFolder.Form, _ noted: Noted
    ) throws(InterchangeError) {
        let other: ExportFolder.Form = form == .site ? .markdown : .site
        let found: String
        if noted.forms.contains(other) {
            found = "it holds \(other.title)"
        } else if form == .site, noted.entries.isEmpty, let name = firstName(in: folder) {
            found = "it holds what no export of this archive as a site wrote, such as \(name)"
        } else {
            return
        }
        throw InterchangeError(
            code: .init(name: "folder-in-use"), operation: "write \(form.title) into", path: folder,
            message: found, hint: "nothing was written; choose a new or an empty folder")
    }

    /// Of what is not hidden.
    private static func firstName(in folder: String) -> String? {
        guard let listing = opendir(folder) else { return nil }
        defer { closedir(listing) }
        var first: String?
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix("."), first.map({ name < $0 }) ?? true { first = name }
        }
        return first
    }

    /// What the file says.
    private struct Noted {
        var entries: [String: Set<String>] = [:]
        var others: [String] = []
        /// Those of which it names files, of any archive.
        var forms: Set<ExportFolder.Form> = []

        init() {}

        init(_ path: String, _ header: String) throws(InterchangeError) {
            let source = try ByteSource(path: path)
            var lines = LineReader(
                source, ends: .lineFeeds, byteOffset: 0, maximumLineBytes: ExportManifest.maximumLineBytes)
            var isOurs = false
            var form: ExportFolder.Form?
            var count = 0
            while count < ExportManifest.maximumLines, let line = try lines.next() {
                count += 1
                if line.isTooLong { continue }
                let text = String(decoding: lines.buffer[line.range], as: UTF8.self)
                if text.hasPrefix(ExportManifest.headerStart) {
                    isOurs = text == header
                    form = ExportFolder.Form.allCases.first {
                        text.hasPrefix(ExportManifest.headerStart + $0.word + " ")
                    }
                }
                let file = ExportManifest.entry(text)
                if file != nil, let form { forms.insert(form) }
                if !isOurs {
                    others.append(text)
                } else if let file {
                    entries[file.path, default: []].insert(file.hash)
                }
            }
        }
    }

    /// `<hash>  <kind>/<name>.md` or the like, and nothing that leads out of the folder.
    private static func entry(_ line: String) -> (hash: String, path: String)? {
        let bytes = Array(line.utf8)
        guard bytes.count > 66, bytes[64] == 0x20, bytes[65] == 0x20 else { return nil }
        let (hash, path) = (bytes[..<64], bytes[66...])
        let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard hash.allSatisfy({ ASCII.hexadecimalDigit($0) != nil }), (1...2).contains(parts.count),
            let file = parts.last, let dot = file.lastIndex(of: UInt8(ascii: ".")),
            endings.contains(String(decoding: file[dot...], as: UTF8.self)),
            (parts.dropLast() + [file[..<dot]]).allSatisfy({ !$0.isEmpty && $0.allSatisfy(isNameByte) })
        else { return nil }
        return (String(decoding: hash, as: UTF8.self), String(decoding: path, as: UTF8.self))
    }

    private static let endings: Set<String> = [".md", ".html", ".css", ".js"]

    private static func isNameByte(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "-")
    }

    /// Before the file is written.
    func note(_ hash: String, _ relativePath: String) throws(InterchangeError) {
        try descriptor.append("\(hash)  \(relativePath)\n")
    }

    mutating func forget(_ relativePath: String) { entries[relativePath] = nil }

    mutating func replace(_ relativePath: String, with hash: String) { entries[relativePath] = [hash] }

    /// Rewrites it, with its current entries only.
    func save() throws {
        let file = try OutputFile(path: path)
        var lines = others
        if !entries.isEmpty { lines.append(header) }
        for (path, hashes) in entries.sorted(by: { $0.key < $1.key }) {
            lines += hashes.sorted().map { "\($0)  \(path)" }
        }
        try file.write(Array(lines.map { $0 + "\n" }.joined().utf8))
        try file.finish()
    }

    /// A file that grows. It is closed with this value.
    private final class Appending {
        private let path: String
        private let descriptor: Int32

        init(_ path: String) throws(InterchangeError) {
            self.path = path
            descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
            if descriptor < 0 { throw ExportFolder.failure(path) }
        }

        deinit { if descriptor >= 0 { close(descriptor) } }

        func append(_ text: String) throws(InterchangeError) {
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw ExportFolder.failure(path) }
                bytes = bytes.dropFirst(count)
            }
        }
    }
}
