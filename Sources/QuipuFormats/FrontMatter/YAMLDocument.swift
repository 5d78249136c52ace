internal import CQuipuYAML
internal import QuipuCanonicalJSON

/// One YAML document as a JSON value, by libyaml's events: mappings, sequences, and scalars by the core
/// schema of YAML 1.2. What JSON has no word for is refused: anchors and aliases (which also blow small files
/// up), tags of one's own, keys that are no scalars, duplicate keys.
struct YAMLDocument {
    /// Whether the scalars of a member of the outermost mapping, also in lists, stay the text that was written, so that
    /// a book titled 1984 keeps its title.
    var isTextKey: (String) -> Bool
    var numbers = YAMLNumbers.keepingText
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// `text` is UTF-8. Places in errors count from its first line.
    static func parse(
        _ text: ArraySlice<UInt8>, numbers: YAMLNumbers = .keepingText,
        isTextKey: @escaping (String) -> Bool = { _ in false }
    ) throws(Rejection) -> JSONValue {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else { throw Rejection("there is no memory to read it") }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        let document = YAMLDocument(isTextKey: isTextKey, numbers: numbers, parser: parser)
        // libyaml keeps the address until the parser is deleted.
        return try text.withUnsafeBufferPointer { (bytes) throws(Rejection) in
            yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
            return try document.read()
        }
    }

    private func read() throws(Rejection) -> JSONValue {
        var value = JSONValue.null
        var documents = 0
        while true {
            let event = try nextEvent()
            switch event.kind {
            case .streamEnd: return value
            case .documentStart:
                documents += 1
                if documents > 1 { throw refusal("holds a second YAML document", event) }
            case .other: continue
            default: value = try build(event, depth: 0, isText: false)
            }
        }
    }

    private func build(_ event: YAMLEvent, depth: Int, isText: Bool) throws(Rejection) -> JSONValue {
        // The front matter is a mapping itself, and in our own the fields are one too; values are checked by themselves.
        if depth > JSONParser.maximumDepth + 2 { throw refusal("is nested too deep", event) }
        switch event.kind {
        case .scalar(let text, let isPlain):
            if event.tag == YAMLEvent.stringTag { return .string(text) }
            return isPlain ? YAMLScalar.value(text, isText: isText, numbers: numbers) : .string(text)
        case .sequenceStart: return .array(try elements(depth: depth, isText: isText))
        case .mappingStart: return .object(try members(depth: depth))
        case .alias: throw refusal("uses an alias (*name), which is not supported", event)
        default: throw refusal("is no YAML that was understood", event)
        }
    }

    private func elements(depth: Int, isText: Bool) throws(Rejection) -> [JSONValue] {
        var elements: [JSONValue] = []
        while true {
            let event = try nextEvent()
            if case .sequenceEnd = event.kind { return elements }
            elements.append(try build(event, depth: depth + 1, isText: isText))
        }
    }

    private func members(depth: Int) throws(Rejection) -> [JSONMember] {
        var members: [JSONMember] = []
        var names: Set<[UInt8]> = []
        while true {
            let event = try nextEvent()
            if case .mappingEnd = event.kind { return members }
            guard case .scalar(let name, _) = event.kind else {
                throw refusal("has a key that is not text", event)
            }
            guard names.insert(Array(name.utf8)).inserted else {
                throw refusal("has the key `\(name)` twice", event)
            }
            let isText =
                depth == 0 && name.utf8.count <= SourceLimits.maximumFieldNameBytes && isTextKey(name)
            let value = try build(try nextEvent(), depth: depth + 1, isText: isText)
            members.append(JSONMember(name: name, value: value))
        }
    }

    private func nextEvent() throws(Rejection) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else {
            let problem = parser.pointee.problem.map { String(cString: $0) } ?? "unknown problem"
            throw Rejection(
                "its YAML cannot be read: \(problem)", lineOffset: Int(parser.pointee.problem_mark.line))
        }
        defer { yaml_event_delete(&event) }
        let read = YAMLEvent(event)
        if read.hasAnchor { throw refusal("uses an anchor (&name), which is not supported", read) }
        if let tag = read.tag, !YAMLEvent.coreTags.contains(tag) {
            throw refusal("uses the tag \(tag), which is not supported", read)
        }
        return read
    }

    private func refusal(_ what: String, _ event: YAMLEvent) -> Rejection {
        Rejection("its YAML \(what)", lineOffset: event.line)
    }
}
