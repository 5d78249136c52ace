internal import QuipuNaturalKeys

/// Makes XML of what people call XML, before libxml2 sees it, since that loses what it cannot read: of `?a=1&b=2` it makes
/// `?a=1=2`, of `&nbsp;` nothing, and an element that is not closed swallows those after it.
///
/// Known references become characters, a bare `&` or `<` itself; end tags are added where one is missing and dropped where
/// none is due; attributes get quotation marks. CDATA becomes text. Comments, instructions and document types go, and with
/// these all entities. The whole stands in one element, so that a second root or text outside is no end. UTF-8 goes in by
/// chunks cut anywhere.
struct XMLMender {
    /// Of a tag or a document type.
    private static let maximumTagBytes = 2 << 20

    private var pending: [UInt8] = []
    private var out: [UInt8] = []
    private var open: [[UInt8]] = []
    private var openCounts: [[UInt8]: Int] = [:]
    private var isStarted = false
    private var isInData = false
    private var isLast = false
    /// Local names of elements that never stand in one another: where the next begins, the one before ends.
    private let items: [[UInt8]]
    /// How many of them were not closed before the next began.
    private(set) var unclosedItems = 0
    /// The elements that were open where the text ended, from the outermost; none of a text that was closed.
    private(set) var openAtEnd: [String] = []
    private var lastEnd: [UInt8] = []

    init(items: Set<String> = []) { self.items = items.sorted().map { Array($0.utf8) } }

    mutating func mend(_ chunk: ArraySlice<UInt8>) -> [UInt8] {
        pending += chunk
        return run()
    }

    /// Closes all that is open.
    mutating func finish() -> [UInt8] {
        isLast = true
        out = run()
        // A root that is closed in other letters is closed.
        if open.first?.map(ASCII.lowercased) != lastEnd.map(ASCII.lowercased) {
            openAtEnd = open.map { String(decoding: $0, as: UTF8.self) }
        }
        while let name = open.popLast() { close(name) }
        out += "</document>".utf8
        return out
    }

    private mutating func run() -> [UInt8] {
        out = isStarted ? [] : Array("<document>".utf8)
        isStarted = true
        out.reserveCapacity(pending.count + pending.count / 4)
        let bytes = pending
        var index = 0
        while index < bytes.count, let next = step(bytes[index...]) { index = next }
        pending = isLast ? [] : Array(bytes[index...])
        return out
    }

    /// Where what comes next ends; nil where more bytes must show.
    private mutating func step(_ rest: ArraySlice<UInt8>) -> Int? {
        if isInData { return data(rest) }
        guard rest.first == UInt8(ascii: "<") else { return text(rest) }
        let more = rest.dropFirst()
        guard let first = more.first else { return literal(rest) }
        if first == UInt8(ascii: "?") { return skip(rest, to: "?>") }
        if first == UInt8(ascii: "!") { return declaration(rest) }
        if first == UInt8(ascii: "/") {
            guard let end = more.firstIndex(of: UInt8(ascii: ">")) else { return incomplete(rest) }
            self.end(Array(more.dropFirst().prefix { !TagReader.isSpace($0) && $0 != UInt8(ascii: ">") }))
            return end + 1
        }
        guard TagReader.isNameStart(first) else { return literal(rest, evenIfCut: true) }
        guard let tag = TagReader(more) else { return incomplete(rest) }
        guard TagReader.isName(tag.name) else { return literal(rest, evenIfCut: true) }
        start(tag)
        return tag.end
    }

    private mutating func text(_ rest: ArraySlice<UInt8>) -> Int? {
        var index = rest.startIndex
        while index < rest.endIndex, rest[index] != UInt8(ascii: "<") {
            guard rest[index] == UInt8(ascii: "&") else {
                CharacterReference.append(rest[index], to: &out)
                index += 1
                continue
            }
            let reference = rest[index...]
            // It may go on in the next chunk.
            if !isLast, reference.count <= EntityNames.longestName + 2,
                !reference.contains(where: { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "<") })
            {
                return index > rest.startIndex ? index : nil
            }
            if let found = CharacterReference.read(reference, in: .xml) {
                CharacterReference.append(found.characters, to: &out)
                index += found.count
            } else {
                out += "&amp;".utf8
                index += 1
            }
        }
        return index
    }

    /// Inside of CDATA: text up to `]]>`.
    private mutating func data(_ rest: ArraySlice<UInt8>) -> Int? {
        let end = TagReader.find("]]>", rest)
        // The last two bytes may be its beginning.
        let stop = end ?? (isLast ? rest.endIndex : max(rest.startIndex, rest.endIndex - 2))
        if let item = endOfItem(in: rest, before: stop) {
            for byte in rest[..<item.start] { CharacterReference.append(byte, to: &out) }
            if item.isSure {
                isInData = false
                unclosedItems += 1
            }
            return item.isSure || item.start > rest.startIndex ? item.start : nil
        }
        for byte in rest[rest.startIndex..<stop] { CharacterReference.append(byte, to: &out) }
        if end != nil { isInData = false }
        if end == nil, stop == rest.startIndex { return nil }
        return end.map { $0 + 3 } ?? stop
    }

    /// CDATA that is not closed goes on over the end of its item, behind which the next one begins, or what holds them ends.
    private func endOfItem(
        in rest: ArraySlice<UInt8>, before stop: Int
    ) -> (start: Int, isSure: Bool)? {
        guard let name = open.last(where: isItem) else { return nil }
        var from = rest.startIndex
        while let start = TagReader.find(
            "</" + String(decoding: name, as: UTF8.self) + ">", rest[from..<stop])
        {
            let behind = rest[(start + name.count + 3)...].drop(while: TagReader.isSpace)
            guard behind.count > name.count + 64 || isLast || behind.contains(UInt8(ascii: ">")) else {
                return (start, false)
            }
            if behind.starts(with: "<".utf8 + name) { return (start, true) }
            if behind.starts(with: "</".utf8) {
                let outer = behind.dropFirst(2).prefix { !TagReader.isSpace($0) && $0 != UInt8(ascii: ">") }
                if openCounts[Array(outer), default: 0] > 0, !isItem(Array(outer)) { return (start, true) }
            }
            from = start + 1
        }
        return nil
    }

    private func isItem(_ name: [UInt8]) -> Bool {
        let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name[...]
        return items.contains { $0.elementsEqual(local) }
    }

    private mutating func declaration(_ rest: ArraySlice<UInt8>) -> Int? {
        if rest.count < 9, !isLast, rest.allSatisfy({ $0 != UInt8(ascii: ">") }) { return nil }
        if rest.starts(with: "<!--".utf8) { return skip(rest, to: "-->") }
        if rest.starts(with: "<![CDATA[".utf8) {
            isInData = true
            return rest.startIndex + 9
        }
        return TagReader.endOfDocumentType(rest) ?? incomplete(rest)
    }

    private mutating func skip(_ rest: ArraySlice<UInt8>, to end: String) -> Int? {
        TagReader.find(end, rest).map { $0 + end.utf8.count } ?? incomplete(rest)
    }

    /// What has not come to its end: at the end of the file it was cut off; else more may come, up to a bound.
    private mutating func incomplete(_ rest: ArraySlice<UInt8>) -> Int? {
        if isLast { return rest.endIndex }
        return rest.count > Self.maximumTagBytes ? literal(rest, evenIfCut: true) : nil
    }

    private mutating func literal(_ rest: ArraySlice<UInt8>, evenIfCut: Bool = false) -> Int? {
        if !isLast, !evenIfCut { return nil }
        out += "&lt;".utf8
        return rest.startIndex + 1
    }

    private mutating func start(_ tag: TagReader) {
        // The builder has refused such by then; here only the list of names must end.
        guard open.count < MarkupLimits.maximumDepth + 8 else { return }
        let name = Array(tag.name)
        if !items.isEmpty, openCounts[name, default: 0] > 0, isItem(name) {
            unclosedItems += 1
            end(name)
        }
        lastEnd = []
        out.append(UInt8(ascii: "<"))
        out += tag.name
        tag.write(in: .xml, to: &out)
        if tag.isEmpty { out.append(UInt8(ascii: "/")) }
        out.append(UInt8(ascii: ">"))
        guard !tag.isEmpty else { return }
        open.append(name)
        openCounts[name, default: 0] += 1
    }

    private mutating func end(_ name: [UInt8]) {
        lastEnd = name
        guard openCounts[name, default: 0] > 0 else { return }
        while let last = open.popLast() {
            close(last)
            if last == name { return }
        }
    }

    private mutating func close(_ name: [UInt8]) {
        openCounts[name, default: 1] -= 1
        out += "</".utf8
        out += name
        out.append(UInt8(ascii: ">"))
    }
}
