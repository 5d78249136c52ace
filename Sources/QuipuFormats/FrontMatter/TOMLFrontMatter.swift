internal import QuipuCanonicalJSON

/// Front matter in TOML 1.0, as Hugo and Zola write it. A line that cannot be read is lost to the fields, and named.
///
/// Dates stay text, as do numbers that JSON has no word for. A table becomes an object.
struct TOMLFrontMatter {
    private(set) var members: [JSONMember] = []
    private(set) var lost: [LostLine] = []
    /// Beyond it the rest is not TOML: each could be the beginning of a text that ends with the file.
    private static let maximumAttempts = 100

    /// Whether lines between two `+++` are TOML rather than text: a first line with `=`, or a table.
    static func isLikely(_ lines: ArraySlice<UInt8>) -> Bool {
        var start = lines.startIndex
        while let line = FrontMatter.line(lines, from: start) {
            start = line.next
            let content = lines[line.content].drop(while: MatterLine.isSpace)
            if content.isEmpty || content.first == UInt8(ascii: "#") { continue }
            if content.first == UInt8(ascii: "[") { return content.contains(UInt8(ascii: "]")) }
            return content.contains(UInt8(ascii: "="))
        }
        return true
    }

    init(_ toml: ArraySlice<UInt8>) {
        let root = TOMLTable()
        var table: TOMLTable? = root
        var reader = TOMLReader(toml)
        while true {
            reader.skipBlankLines()
            guard !reader.isAtEnd else { break }
            let start = reader.index
            let isDone: Bool
            if lost.count >= Self.maximumAttempts {
                isDone = false
            } else if reader.peek() == UInt8(ascii: "[") {
                table = reader.header().flatMap { root.open($0.path, isElement: $0.isElement) }
                isDone = table != nil && reader.endLine()
            } else if let pair = reader.pair(), let table, reader.endLine() {
                isDone = table.set(pair.path, pair.value)
            } else {
                isDone = false
            }
            if isDone { continue }
            reader.index = start
            lost.append(LostLine(number: reader.lineNumber(), reader.takeLine()))
        }
        members = root.value.members ?? []
    }
}

/// A table in the making.
private final class TOMLTable {
    private enum Entry {
        case value(JSONValue)
        case table(TOMLTable)
        case tables([TOMLTable])
    }

    private var names: [String] = []
    private var entries: [String: Entry] = [:]

    var value: JSONValue {
        .object(
            names.map { name in
                switch entries[name] {
                case .value(let value): JSONMember(name: name, value: value)
                case .table(let table): JSONMember(name: name, value: table.value)
                case .tables(let tables): JSONMember(name: name, value: .array(tables.map(\.value)))
                case nil: JSONMember(name: name, value: .null)
                }
            })
    }

    /// The table of a header `[a.b]`, or a new one of the array `[[a.b]]`; nil where a value stands there.
    func open(_ path: [String], isElement: Bool) -> TOMLTable? {
        guard let name = path.first else { return self }
        let isLast = path.count == 1
        switch entries[name] {
        case .value: return nil
        case .table(let table):
            return isLast && isElement ? nil : table.open(Array(path.dropFirst()), isElement: isElement)
        case .tables(var tables):
            if isLast, !isElement { return nil }
            if !isLast { return tables.last?.open(Array(path.dropFirst()), isElement: isElement) }
            let table = TOMLTable()
            // Not held twice, so that it grows in place.
            entries[name] = nil
            tables.append(table)
            entries[name] = .tables(tables)
            return table
        case nil:
            let table = TOMLTable()
            names.append(name)
            entries[name] = isLast && isElement ? .tables([table]) : .table(table)
            return isLast ? table : table.open(Array(path.dropFirst()), isElement: isElement)
        }
    }

    /// - Returns: whether the name was free.
    func set(_ path: [String], _ value: JSONValue) -> Bool {
        guard let last = path.last, let table = open(Array(path.dropLast()), isElement: false),
            table.entries[last] == nil
        else { return false }
        table.names.append(last)
        table.entries[last] = .value(value)
        return true
    }
}
