internal import QuipuCanonicalJSON

/// The objects of another program's JSON, whichever way the file holds them: in an array, in an array that is a member of one
/// object, one a line, or one alone. One object is held at a time.
struct JSONObjectStream {
    enum Piece {
        case object(JSONValue, SourcePlace)
        /// What stands there instead, or what was done to the file.
        case event(SourceEvent)
    }

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
        case .event(let event): return .event(event)
        case .element(let bytes, let place): return object(bytes, place)
        }
    }

    private mutating func nextLine() throws(InterchangeError) -> Piece? {
        while let line = try lines?.next() {
            let place = SourcePlace(file: name, line: line.number, byteOffset: line.byteOffset)
            if line.isTooLong {
                return .event(.rejected(place, reason: "the line is longer than \(maximumBytes) bytes"))
            }
            let bytes = lines?.buffer[line.range] ?? []
            if bytes.allSatisfy(ForeignFormat.isSpace) { continue }
            return object(bytes, place)
        }
        return nil
    }

    private func object(_ bytes: ArraySlice<UInt8>, _ place: SourcePlace) -> Piece {
        do throws(Rejection) {
            return .object(.object(try JSONObject.members(of: bytes)), place)
        } catch { return .event(error.event(at: place)) }
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
