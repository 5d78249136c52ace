/// Splits a file of bookmarks into tags and texts, a chunk at a time. It is HTML that only scanners read: no element but links
/// and folders' names is ever closed.
struct BookmarkTokens {
    enum Token {
        case tag(name: String, attributes: [(name: String, value: String)], line: Int)
        case end(name: String)
        /// References are read, white space stands as it does there.
        case text([UInt8])
    }

    /// Icons stand in attributes.
    private static let maximumTagBytes = 2 << 20

    private var pending: [UInt8] = []
    private var line = 1
    private var tokens: [Token] = []

    /// The tokens that end within what has come.
    mutating func append(_ chunk: [UInt8], isLast: Bool) -> [Token] {
        tokens = []
        pending += chunk
        let bytes = pending
        var index = 0
        while index < bytes.count, let next = step(bytes[index...], isLast) {
            for byte in bytes[index..<next] where byte == 0x0A { line += 1 }
            index = next
        }
        pending = Array(bytes[index...])
        return tokens
    }

    /// Where the token ends; nil where more must come.
    private mutating func step(_ rest: ArraySlice<UInt8>, _ isLast: Bool) -> Int? {
        guard rest.first == UInt8(ascii: "<") else {
            guard let end = rest.firstIndex(of: UInt8(ascii: "<")) ?? (isLast ? rest.endIndex : nil) else {
                // A long text goes on by parts, but no reference is cut.
                guard rest.count > Self.maximumTagBytes else { return nil }
                return text(rest.dropLast(EntityNames.longestName + 2))
            }
            return text(rest[..<end])
        }
        let more = rest.dropFirst()
        guard let first = more.first else { return isLast ? text(rest) : nil }
        if first == UInt8(ascii: "!") || first == UInt8(ascii: "?") {
            if more.count < 3, !isLast { return nil }
            let end = more.starts(with: "!--".utf8) ? "-->" : ">"
            return TagReader.find(end, more).map { $0 + end.utf8.count } ?? unfinished(rest, isLast)
        }
        if first == UInt8(ascii: "/") {
            guard let end = more.firstIndex(of: UInt8(ascii: ">")) else { return unfinished(rest, isLast) }
            let name = more.dropFirst().prefix { !TagReader.isSpace($0) && $0 != UInt8(ascii: ">") }
            tokens.append(.end(name: Self.lowered(name)))
            return end + 1
        }
        guard TagReader.isNameStart(first) else { return text(rest.prefix(1)) }
        guard let tag = TagReader(more) else { return unfinished(rest, isLast) }
        let attributes = tag.attributes.map { attribute in
            var value: [UInt8] = []
            TagReader.read(attribute.value, in: .attribute, to: &value)
            return (Self.lowered(attribute.name), String(decoding: value, as: UTF8.self))
        }
        tokens.append(.tag(name: Self.lowered(tag.name), attributes: attributes, line: line))
        return tag.end
    }

    /// A tag without an end: the file was cut, or the `<` is none.
    private mutating func unfinished(_ rest: ArraySlice<UInt8>, _ isLast: Bool) -> Int? {
        if isLast { return rest.endIndex }
        return rest.count > Self.maximumTagBytes ? text(rest.prefix(1)) : nil
    }

    private mutating func text(_ bytes: ArraySlice<UInt8>) -> Int {
        var text: [UInt8] = []
        TagReader.read(bytes, in: .text, to: &text)
        tokens.append(.text(text))
        return bytes.endIndex
    }

    private static func lowered(_ name: ArraySlice<UInt8>) -> String {
        String(decoding: name.prefix(64), as: UTF8.self).lowercased()
    }
}
