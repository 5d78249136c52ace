internal import QuipuCanonicalJSON

/// Writes records as Markdown files that lose nothing: front matter with all fields (see
/// ``LosslessFrontMatter``) and the body, when it is text, below.
///
/// A file is named `<kind>/<title>-<id>.md`: readable, unique without remembering any other name, and made of
/// ASCII small letters, digits and hyphens, so that every file system takes it.
public struct MarkdownWriter: RecordWriter {
    private let sink: (_ relativePath: String, _ bytes: [UInt8]) throws -> Void

    /// `sink` is given each file's path below the folder of the export, and its whole content.
    public init(sink: @escaping (_ relativePath: String, _ bytes: [UInt8]) throws -> Void) {
        self.sink = sink
    }

    public var lost: [String: Int] { [:] }

    public mutating func finish() {}

    public mutating func write(_ record: ExportRecord) throws {
        let fields = try record.checked()
        guard fields.reduce(0, { $0 + $1.value.count }) <= SourceLimits.maximumFileBytes else {
            throw tooLarge(record)
        }
        var body: String?
        if let value = fields.first(where: { $0.name == "body" })?.value, let text = decodeString(value),
            MarkdownWriter.isPlain(text)
        {
            body = text
        }

        var out = Array("---\nquipu: \(LosslessRecord.version)\nid: \"\(record.id)\"\nkind: ".utf8)
        YAMLSafeJSON.append(canonicalString(record.kind), to: &out)
        out += "\n".utf8
        if body != nil { out += "body: \(LosslessFrontMatter.bodyBelow)\n".utf8 }
        let above = fields.filter { body == nil || $0.name != "body" }
        out += (above.isEmpty ? "fields: {}\n" : "fields:\n").utf8
        for field in above {
            out += "  ".utf8
            YAMLSafeJSON.append(canonicalString(field.name), to: &out)
            out += ": ".utf8
            YAMLSafeJSON.append(field.value, to: &out)
            out.append(0x0A)
        }
        out += "---\n".utf8
        if let body {
            out += body.utf8
            out.append(0x0A)
        }
        guard out.count <= SourceLimits.maximumFileBytes else { throw tooLarge(record) }
        try sink(FileSlug.path(of: record), out)
    }

    private func tooLarge(_ record: ExportRecord) -> InterchangeError {
        InterchangeError(
            code: .tooLarge, operation: "export", path: record.id,
            message: "the record is longer than \(SourceLimits.maximumFileBytes) bytes in one file",
            hint: "Export as JSON Lines.", remedy: InterchangeError.Remedy(.exportLines))
    }

    /// Whether a text file can hold the text: no control characters but tabs and line ends.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }
}
