internal import Glibc
internal import Quipu

/// A file of settings: lines of `KEY = VALUE`; what begins with `#` is a comment. Everything that is not changed stays as
/// somebody wrote it.
struct SettingsFile: Sendable {
    private enum Line: Equatable, Sendable {
        case pair(key: String, value: String)
        case other(String)
    }

    /// Larger ones are nobody's settings.
    private static let mostBytes = 64 * 1_024

    let path: String
    private var lines: [Line] = []

    /// One that has nothing in it.
    init(path: String) { self.path = path }

    /// Reads it; where there is none, or one that another user put there, it has nothing in it.
    ///
    /// - Parameter keepsMistakes: lines that cannot be understood stay as they are, so that one of them can be changed.
    /// - Throws: `UsageError` for what cannot be understood, with its line.
    init(reading path: String, keepsMistakes: Bool = false) throws(UsageError) {
        self.path = path
        guard let text = try Self.text(of: path) else { return }
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let written = Self.trimmed(line)
            guard !written.isEmpty, !written.hasPrefix("#") else {
                lines.append(.other(String(line)))
                continue
            }
            guard let equals = written.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                lines.append(.other(String(line)))
                if keepsMistakes { continue }
                throw refusal(number, UsageError("'\(written)' is not of the form KEY = VALUE"))
            }
            let key = Self.trimmed(written[..<equals])
            let value = Self.trimmed(written[written.utf8.index(after: equals)...])
            do throws(UsageError) {
                lines.append(.pair(key: key, value: try SettingKey(key).checked(value, isNew: false)))
            } catch {
                guard keepsMistakes else { throw refusal(number, error) }
                lines.append(.pair(key: key, value: value))
            }
        }
        // What follows the last line's end is no line.
        if lines.last == .other("") { lines.removeLast() }
    }

    private func refusal(_ number: Int, _ error: UsageError) -> UsageError {
        UsageError(
            "\(path), line \(number + 1): \(error.message)",
            hint: (error.hint.map { $0 + "; " } ?? "") + "see: quipu config --edit")
    }

    /// The last of a key counts.
    func value(of key: String) -> String? {
        lines.reversed().lazy.compactMap { line in
            if case .pair(key, let value) = line { value } else { nil }
        }.first
    }

    /// The keys that have a value, in the order of the file, each once.
    var keys: [String] {
        var found: [String] = []
        for case .pair(let key, _) in lines where !found.contains(key) { found.append(key) }
        return found
    }

    /// Replaces or adds a value; nil takes it out.
    mutating func set(_ key: String, to value: String?) {
        let place = lines.firstIndex { if case .pair(key, _) = $0 { true } else { false } }
        lines.removeAll { if case .pair(key, _) = $0 { true } else { false } }
        guard let value else { return }
        lines.insert(.pair(key: key, value: value), at: min(place ?? lines.count, lines.count))
    }

    /// Writes it whole or not at all, and makes its folder where that is missing.
    func write() throws {
        try Self.makeFolder(of: path)
        // A link to where somebody keeps all such files stays one.
        let target = realpath(path, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let file = try OutputPath(target ?? path)
        let text = lines.map { line in
            switch line {
            case .pair(let key, let value): "\(key) = \(value)\n"
            case .other(let text): text + "\n"
            }
        }.joined()
        try file.write(Array(text.utf8))
        try file.finish()
    }

    static func makeFolder(of path: String) throws {
        guard let slash = path.lastIndex(of: "/") else { return }
        try makeFolder(String(path[..<slash]))
    }

    /// As the XDG Base Directory Specification has it: what is missing of the way is made for its owner alone.
    private static func makeFolder(_ folder: String) throws {
        guard LocalMachine.entry(at: folder) != .folder, !folder.isEmpty else { return }
        if let slash = folder.lastIndex(of: "/") { try makeFolder(String(folder[..<slash])) }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw QuipuError(
                .readOnly, "the folder \(folder) cannot be made: \(String(cString: strerror(errno)))",
                hint: "set XDG_CONFIG_HOME to a folder that you can write")
        }
    }

    private static func text(of path: String) throws(UsageError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        // Another user's word on who edits here must not count.
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG,
            facts.st_uid == geteuid() || facts.st_uid == 0
        else { return nil }
        guard facts.st_size <= mostBytes else {
            throw UsageError(
                "\(path) is too large for a file of settings", hint: "at most \(mostBytes) bytes are read")
        }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while bytes.count <= mostBytes {
            let count = read(descriptor, &part, part.count)
            if count <= 0 { break }
            bytes += part[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard Array(text.utf8) == bytes else {
            throw UsageError("\(path) is not UTF-8", hint: "settings are text: quipu config --edit")
        }
        return text
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let scalars = String(text).unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
