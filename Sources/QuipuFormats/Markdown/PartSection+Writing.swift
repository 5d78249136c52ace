internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

extension PartSection {
    /// The section of an article, with a blank line before it; nothing without parts.
    ///
    /// - Throws: `InterchangeError` for a part that is damaged.
    func text(of parts: [ExportDocument.Part]) throws(InterchangeError) -> [UInt8] {
        if parts.isEmpty { return [] }
        var out: [UInt8] = [0x0A] + start + Array("\n\n## Annotations\n".utf8)
        for part in parts {
            out.append(0x0A)
            try append(part, to: &out)
        }
        return out
    }

    /// The remark that stands in the file as it is; nil where there is none, or no text file can hold it.
    static func remark(of record: ExportRecord) -> String? {
        guard let value = record.fields.first(where: { $0.name == "text" })?.value,
            let text = decodeString(value),
            MarkdownWriter.isPlain(text), !SourceValue.isBlank(text)
        else { return nil }
        return text
    }

    private func append(_ part: ExportDocument.Part, to out: inout [UInt8]) throws(InterchangeError) {
        let fields = try part.record.checked()
        let text = Self.remark(of: part.record)
        var json = Array("{\"fields\":{".utf8)
        var isFirst = true
        for field in fields where text == nil || field.name != "text" {
            if !isFirst { json.append(UInt8(ascii: ",")) }
            isFirst = false
            appendCanonicalString(field.name, to: &json)
            json.append(UInt8(ascii: ":"))
            json += field.value
        }
        json += "},\"id\":\"\(part.record.id)\",\"kind\":".utf8
        appendCanonicalString(part.record.kind, to: &json)
        json.append(UInt8(ascii: "}"))
        out += record.dropLast()
        for byte in json {
            if byte == UInt8(ascii: ">") { out += "\\u003e".utf8 } else { out.append(byte) }
        }
        out += Self.recordEnd + [0x0A]
        let display = Display(part.record)
        for line in display.head { out += line + [0x0A] }
        if !display.head.isEmpty { out.append(0x0A) }
        let author = part.record.line("author") ?? part.author
        out += display.byline(author, part.record.line("date") ?? part.day).utf8
        out += "\n\n".utf8 + remark + [0x0A]
        out += (text ?? "").utf8
        out.append(0x0A)
    }
}
