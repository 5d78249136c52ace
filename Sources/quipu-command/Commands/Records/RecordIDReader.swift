internal import Glibc
internal import Quipu

/// Ids as other commands print them: one a line, the first word of it, or the member `id` of a JSON object.
struct RecordIDReader {
    /// More are no selection.
    static let mostNames = 1_000_000
    /// A line of `--json` holds a whole record.
    private static let longestLineBytes = 2 * ArchiveLimits.valueBytes

    /// What listings of no records say to people.
    private static let emptyListings: Set<String> = [
        "nothing found", "no records fit", "no deleted record matches",
    ]

    private(set) var names: [String] = []
    private var line: [UInt8] = []
    private var lineNumber = 0

    /// Reads a stream to its end.
    static func names(of descriptor: Int32) throws(QuipuError) -> [String] {
        var reader = RecordIDReader()
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw QuipuError(
                    .inputOutput,
                    "ids cannot be read from standard input: \(String(cString: strerror(errno)))",
                    hint: "give them on the command line")
            }
            if count == 0 { break }
            try reader.take(block[..<count])
        }
        try reader.endLine()
        return reader.names
    }

    mutating func take(_ bytes: ArraySlice<UInt8>) throws(QuipuError) {
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            line += rest[..<end]
            try endLine()
            rest = rest[(end + 1)...]
        }
        line += rest
        guard line.count <= Self.longestLineBytes else {
            throw QuipuError(
                .tooLarge, "line \(lineNumber + 1) of standard input is too long for an id",
                hint: "give one id a line")
        }
    }

    mutating func endLine() throws(QuipuError) {
        lineNumber += 1
        defer { line.removeAll(keepingCapacity: true) }
        let content = line.drop(while: Self.isSpace)
        guard let first = content.first else { return }
        if first == UInt8(ascii: "{") {
            names.append(try Self.name(inObject: Array(content), line: lineNumber))
        } else if names.isEmpty, Self.emptyListings.contains(String(decoding: content, as: UTF8.self)) {
            return
        } else {
            let word = String(decoding: content.prefix { !Self.isSpace($0) }, as: UTF8.self)
            // The first line of a table.
            if word == "HANDLE", names.isEmpty { return }
            names.append(word)
        }
        guard names.count <= Self.mostNames else {
            throw QuipuError(
                .tooLarge, "standard input has more than \(Self.mostNames) ids", hint: "give fewer at a time")
        }
    }

    private static func name(inObject json: [UInt8], line: Int) throws(QuipuError) -> String {
        guard let object = Value(json: json), let id = object["id"]?.string else {
            throw QuipuError(
                .wrongType, "line \(line) of standard input is no JSON object with an id",
                hint: "give lines as 'quipu list --json' prints them, or one id a line")
        }
        return object["kind"]?.string.map { "\($0):\(id)" } ?? id
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
