internal import QuipuCanonicalJSON

/// Writes our lossless JSON Lines: each line canonical JSON,
/// `{"fields":{name: value, …},"id":"<uuid>","kind":"article","quipu":1}`.
///
/// A record whose line would be longer than a reader takes goes on in further lines of the same id, each with
/// some of the fields.
public struct JSONLinesWriter {
    private let sink: ([UInt8]) throws -> Void
    private var line: [UInt8] = []

    /// `sink` is given whole lines, their line feed included.
    public init(sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    public mutating func write(_ record: ExportRecord) throws {
        let fields = try record.checked()
        var tail = Array("},\"id\":".utf8)
        appendCanonicalString(record.id, to: &tail)
        tail += ",\"kind\":".utf8
        appendCanonicalString(record.kind, to: &tail)
        tail += ",\"quipu\":\(LosslessRecord.version)}\n".utf8

        let head = Array("{\"fields\":{".utf8)
        line.removeAll(keepingCapacity: line.capacity <= LineReader.blockBytes)
        line += head
        for field in fields {
            let name = canonicalString(field.name)
            let isFirst = line.count == head.count
            let length = line.count + name.count + field.value.count + tail.count + 2
            if !isFirst, length > SourceLimits.maximumLineBytes {
                try sink(line + tail)
                line = head
            } else if !isFirst {
                line.append(UInt8(ascii: ","))
            }
            line += name
            line.append(UInt8(ascii: ":"))
            line += field.value
        }
        line += tail
        try sink(line)
    }
}

extension JSONLinesWriter: RecordWriter {
    public mutating func finish() {}
    public var lost: [String: Int] { [:] }
}
