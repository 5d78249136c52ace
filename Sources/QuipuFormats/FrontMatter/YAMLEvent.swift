internal import CQuipuYAML

/// What is wanted of one libyaml event, copied out of it.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case streamEnd
        case scalar(String, isPlain: Bool)
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
        case alias
        case other
    }

    static let stringTag = "tag:yaml.org,2002:str"
    static let coreTags: Set<String> = Set(
        ["str", "int", "float", "bool", "null", "seq", "map"].map { "tag:yaml.org,2002:" + $0 } + ["!"])

    let kind: Kind
    /// Counted from 0.
    let line: Int
    private(set) var tag: String?
    private(set) var hasAnchor = false

    init(_ event: yaml_event_t) {
        line = Int(event.start_mark.line)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        case YAML_ALIAS_EVENT: kind = .alias
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(
                String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            note(tag: scalar.tag, anchor: scalar.anchor)
        case YAML_SEQUENCE_START_EVENT:
            kind = .sequenceStart
            note(tag: event.data.sequence_start.tag, anchor: event.data.sequence_start.anchor)
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            note(tag: event.data.mapping_start.tag, anchor: event.data.mapping_start.anchor)
        default: kind = .other
        }
    }

    private mutating func note(tag: UnsafePointer<yaml_char_t>?, anchor: UnsafePointer<yaml_char_t>?) {
        self.tag = tag.map { String(cString: $0) }
        hasAnchor = anchor != nil
    }
}
