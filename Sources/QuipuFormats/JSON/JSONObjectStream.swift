internal import QuipuCanonicalJSON

/// The objects of another program's JSON, whichever way the file holds them: in an array, in an array that is a member of one
/// object, one a line, or one alone. One object is held at a time.
struct JSONObjectStream {
    enum Piece {
        case object(JSONValue, SourcePlace)
        /// What stands there instead, or what was done to the file.
        case event(SourceEvent)
    }

    /// Others write ids of 64 bits as numbers; as text they keep all their digits.
    private static let parser = JSONParser(options: .bigNumbersAsStrings, extraDepth: 2)

    private let name: String
    private let maximumBytes: Int
    /// One of the two.
    private var elements: JSONElementSplitter?
    private var lines: LineReader?
    private var remark: SourceEvent?

    /// - Parameter paths: names that lead to the array with the objects, where the file is one object; the first that is there
    ///   counts. Where none is, the object itself is told.
    init(
        _ source: ByteSource, paths: [[String]] = [], maximumBytes: Int = SourceLimits.maximumLineBytes
    ) throws(InterchangeError) {
        name = source.name
        self.maximumBytes = maximumBytes
        let mark = try ByteOrderMark.pass(source)
        if let encoding = mark.converted {
            remark = .remark(
                SourcePlace(file: source.name, line: 1, byteOffset: 0),
                "it is \(encoding) and was converted to UTF-8")
        }
        let start = try source.peek(SourceLimits.recognitionBytes).drop(while: ForeignFormat.isSpace)
        var layout = JSONElementSplitter.Layout.sequence
        var isOneALine = false
        if start.first == UInt8(ascii: "[") {
            layout = .array
        } else if start.first == UInt8(ascii: "{") {
            let outline = JSONOutline(start)
            if let path = paths.first(where: { outline.leads(along: $0) }) {
                layout = .items(path)
            } else if let end = outline.end {
                // Behind the first object a line ends, and there are more.
                let rest = start[end...]
                isOneALine = rest.contains(0x0A) && !start[..<end].contains(0x0A)
            }
        }
        if isOneALine {
            lines = LineReader(
                source, ends: .lineFeeds, byteOffset: mark.bytes, maximumLineBytes: maximumBytes)
        } else {
            elements = JSONElementSplitter(
                source, layout: layout, byteOffset: mark.bytes, maximumBytes: maximumBytes)
        }
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        if let event = remark {
            remark = nil
            return .event(event)
        }
        switch try elements?.next() {
        case nil: return try nextLine()
        case .broken(let reason, let line, let offset):
            return rejected("\(reason), so nothing after this place could be read", line, offset)
        case .tooLong(let line, let offset):
            return rejected("the object is longer than \(maximumBytes) bytes", line, offset)
        case .element(let bytes, let line, let offset):
            return object(bytes, SourcePlace(file: name, line: line, byteOffset: offset))
        }
    }

    private mutating func nextLine() throws(InterchangeError) -> Piece? {
        while let line = try lines?.next() {
            if line.isTooLong {
                return rejected("the line is longer than \(maximumBytes) bytes", line.number, line.byteOffset)
            }
            let bytes = lines?.buffer[line.range] ?? []
            if bytes.allSatisfy(ForeignFormat.isSpace) { continue }
            return object(bytes, SourcePlace(file: name, line: line.number, byteOffset: line.byteOffset))
        }
        return nil
    }

    private func rejected(_ reason: String, _ line: Int, _ offset: Int) -> Piece {
        .event(.rejected(SourcePlace(file: name, line: line, byteOffset: offset), reason: reason))
    }

    private func object(_ bytes: ArraySlice<UInt8>, _ place: SourcePlace) -> Piece {
        do throws(JSONError) {
            let value = try Self.parser.parse(bytes)
            guard let members = value.members else {
                return .event(.rejected(place, reason: "it is JSON, but not an object"))
            }
            do throws(Rejection) {
                try FieldSet.requireShortNames(members)
            } catch { return .event(error.event(at: place)) }
            return .object(value, place)
        } catch {
            let lines = bytes.prefix(error.offset).reduce(0) { $1 == 0x0A ? $0 + 1 : $0 }
            return .event(
                Rejection("it is not JSON: \(error.message)", byteOffset: error.offset, lineOffset: lines)
                    .event(at: place))
        }
    }
}

extension JSONOutline {
    /// Whether there is a list at the end of these names.
    fileprivate func leads(along path: [String]) -> Bool {
        var members = members
        for name in path.dropLast() {
            guard case .object(let inner)? = members.first(where: { $0.name == name })?.shape else {
                return false
            }
            members = inner
        }
        switch members.first(where: { $0.name == path.last })?.shape {
        case .objects, .other: return true
        case .text, .object, nil: return false
        }
    }
}
