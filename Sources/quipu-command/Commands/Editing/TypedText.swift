internal import Glibc
internal import Quipu

/// A text as it is typed on the command line: itself; `@FILE` for what a file holds; `-` for standard input; `@@…` for
/// a text that begins with "@".
enum TypedText: Equatable, Sendable {
    case text(String)
    case file(String)
    case standardInput

    /// For help texts.
    static let explanation =
        "@FILE takes a text from a file, - from standard input, and @@ begins a text with an @."

    init(_ word: String) {
        // By bytes: a combining mark must not hide the "@".
        let isMarked = word.utf8.first == UInt8(ascii: "@")
        let rest = String(decoding: word.utf8.dropFirst(), as: UTF8.self)
        switch word {
        case "-": self = .standardInput
        case _ where isMarked && rest.utf8.first == UInt8(ascii: "@"): self = .text(rest)
        case _ where isMarked && !rest.isEmpty: self = .file(rest)
        default: self = .text(word)
        }
    }

    /// Where it is: "standard input", "the file 'a.txt'"; nil for a text itself.
    var place: String? {
        switch self {
        case .text: nil
        case .file(let path): "the file '\(path)'"
        case .standardInput: "standard input"
        }
    }

    /// The text, without the line's end that editors and `echo` put last.
    /// - Parameter purpose: what it is for: "the value of 'body'".
    /// - Throws: `QuipuError` for what cannot be read, is no UTF-8 or is longer than a value may be.
    func read(for purpose: String) throws -> String {
        switch self {
        case .text(let text): return text
        case .standardInput: return try Self.text(of: STDIN_FILENO, named: "standard input", purpose)
        case .file(let path):
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw QuipuError(
                    .inputOutput, "\(purpose) cannot be read from the file '\(path)': \(Self.reason)",
                    hint: "for a text that begins with @, write it twice: @@\(path)")
            }
            defer { close(descriptor) }
            return try Self.text(of: descriptor, named: "the file '\(path)'", purpose)
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }

    private static func text(of descriptor: Int32, named name: String, _ purpose: String) throws -> String {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw QuipuError(
                    .inputOutput, "\(purpose) cannot be read from \(name): \(reason)", hint: nil)
            }
            if count == 0 { break }
            bytes += block[..<count]
            guard bytes.count <= ArchiveLimits.valueBytes else {
                throw QuipuError(
                    .tooLarge, "\(name) is larger than a value may be, \(ArchiveLimits.valueBytes >> 20) MiB",
                    hint: "split it into several records")
            }
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.contains(0) || String(validating: bytes, as: UTF8.self) == nil else {
            throw QuipuError(
                .wrongType, "\(name) has a NUL character, which no text has",
                hint: "take it out; to attach the file as it is: quipu attach ID FILE")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw QuipuError(
                .wrongType, "\(name) is not UTF-8 text",
                hint: "convert it first; to attach the file as it is: quipu attach ID FILE")
        }
        return text
    }
}
