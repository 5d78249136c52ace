internal import QuipuCanonicalJSON

/// Writes records as Markdown files that lose nothing: front matter with all fields (see
/// ``LosslessFrontMatter``) and the body, when it is text, below.
///
/// A file is named `<kind>/<title>-<id>.md`: readable, unique without remembering any other name, and made of
/// ASCII small letters, digits and hyphens, so that every file system takes it.
///
/// The file of an article holds its annotations and notes in a section at its end (`PartSection`). Where they do not fit into one
/// file with it, they have files of their own, as have those that belong to no article of the export.
public struct MarkdownWriter: DocumentWriter {
    public var lost: [String: Int] { [:] }

    private let sink: (_ relativePath: String, _ bytes: [UInt8]) throws -> Void

    /// `sink` is given each file's path below the folder of the export, and its whole content.
    public init(sink: @escaping (_ relativePath: String, _ bytes: [UInt8]) throws -> Void) {
        self.sink = sink
    }

    public mutating func write(_ document: ExportDocument) throws {
        let record = document.record
        let parts = document.parts.sorted {
            ($0.passage?.lowerBound ?? Int.max, $0.record.id) < (
                $1.passage?.lowerBound ?? Int.max, $1.record.id
            )
        }
        if parts.isEmpty { return try write(record) }
        let section = PartSection(
            avoiding: [Self.body(of: record)].compactMap(\.self)
                + parts.compactMap { PartSection.remark(of: $0.record) })
        let out = try bytes(of: record, section: section) + section.text(of: parts)
        if out.count <= SourceLimits.maximumFileBytes { return try sink(FileSlug.path(of: record), out) }
        try write(record)
        for part in parts { try write(part.record) }
    }

    public mutating func write(_ record: ExportRecord) throws {
        try sink(FileSlug.path(of: record), try bytes(of: record))
    }

    public mutating func finish() {}

    private func bytes(of record: ExportRecord, section: PartSection? = nil) throws -> [UInt8] {
        let fields = try record.checked()
        guard fields.reduce(0, { $0 + $1.value.count }) <= SourceLimits.maximumFileBytes else {
            throw tooLarge(record)
        }
        let body = Self.body(of: record)
        var out = Array("---\nquipu: \(LosslessRecord.version)\nid: \"\(record.id)\"\nkind: ".utf8)
        YAMLSafeJSON.append(canonicalString(record.kind), to: &out)
        out += "\n".utf8
        if body != nil { out += "body: \(LosslessFrontMatter.bodyBelow)\n".utf8 }
        if let section { out += "annotations: \(section.number)\n".utf8 }
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
        return out
    }

    /// The body that stands below the front matter.
    private static func body(of record: ExportRecord) -> String? {
        guard let value = record.fields.first(where: { $0.name == "body" })?.value,
            let text = decodeString(value),
            isPlain(text)
        else { return nil }
        return text
    }

    private func tooLarge(_ record: ExportRecord) -> InterchangeError {
        InterchangeError(
            code: .tooLarge, operation: "export", path: record.id,
            message: "the record is longer than \(SourceLimits.maximumFileBytes) bytes in one file",
            hint: "Export as JSON Lines.", remedy: InterchangeError.Remedy(.exportLines))
    }

    /// Whether a text file can hold the text: no control characters but tabs and line ends.
    static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }
}
