internal import Glibc
internal import Quipu

/// A person's editor on a temporary file, which nobody else can read.
///
/// The file is removed by `remove`. A caller that keeps the file tells the person where it is.
struct TextEditor {
    private let editor: Editor
    /// The file.
    let path: String

    private static let longestFileBytes = 64 << 20

    /// - Parameters:
    ///   - text: what is edited.
    ///   - suffix: of the file's name, by which editors know what it is.
    init(text: String, suffix: String, in context: Context) throws {
        editor = try Editor(in: context)
        path = try Self.create(suffix, in: context)
        try write(text)
    }

    private static func create(_ suffix: String, in context: Context) throws(QuipuError) -> String {
        // Not XDG_RUNTIME_DIR: what is kept must still be there after a logout.
        let folder = context.variable("TMPDIR") ?? "/tmp"
        var name = Array("\(folder)/quipu-XXXXXX\(suffix)".utf8CString)
        // For its owner alone.
        let descriptor = mkstemps(&name, Int32(suffix.utf8.count))
        guard descriptor >= 0 else {
            throw QuipuError(
                .inputOutput,
                "no temporary file can be made in \(folder): \(String(cString: strerror(errno)))",
                hint: "set TMPDIR to a folder that can be written")
        }
        close(descriptor)
        return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func write(_ text: String) throws(QuipuError) {
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("written") }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("written") }
            bytes = bytes.dropFirst(count)
        }
    }

    /// What the file holds now, with line ends as LF; nil where it is no UTF-8.
    func read() throws(QuipuError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("read") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read") }
            if count == 0 { break }
            bytes += block[..<count]
            guard bytes.count <= Self.longestFileBytes else {
                throw QuipuError(.tooLarge, "the edited file is too long", hint: "it is kept: \(path)")
            }
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return LineEnds.folded(text)
    }

    private func failure(_ what: String) -> QuipuError {
        QuipuError(
            .inputOutput, "the temporary file \(path) cannot be \(what): \(String(cString: strerror(errno)))",
            hint: "nothing was changed in the archive")
    }

    /// Runs the editor and returns what it leaves.
    ///
    /// - Throws: `QuipuError` when the editor fails, or leaves no text; the file is kept.
    func run() throws(QuipuError) -> String {
        try editor.open(path, remains: "nothing was changed; what it left is kept: \(path)")
        guard let text = try read() else {
            throw QuipuError(
                .wrongType, "the editor left a file that is not UTF-8 text",
                hint: "nothing was changed; the file is kept: \(path)")
        }
        return text
    }

    func remove() { unlink(path) }
}
