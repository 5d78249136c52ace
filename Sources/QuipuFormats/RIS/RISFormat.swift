internal import QuipuNaturalKeys

extension FormatEntry {
    static let ris = FormatEntry(
        .ris, name: "a RIS file", fields: RISMapping.fields, isRecognised: { TaggedFormat.dialect(of: $0) != nil },
        open: { (source, _) throws(InterchangeError) in
            let raw = try source.peek(SourceLimits.recognitionBytes)
            let start = SourceStart(
                raw: raw, bytes: ByteOrderMark.text(of: raw), isWhole: raw.count < SourceLimits.recognitionBytes,
                name: source.name)
            let dialect = TaggedFormat.dialect(of: start) ?? .ris
            let mark = try ByteOrderMark.pass(source)
            return TaggedReader(source, dialect, byteOffset: mark.bytes, isConverted: mark.converted != nil)
        })
}

/// Recognises RIS, MEDLINE and EndNote's tagged form.
enum TaggedFormat {
    static func dialect(of start: SourceStart) -> TaggedDialect? {
        // Most sources are something else, and one look at them is enough.
        guard let first = start.content.first, first < 0x80, first == UInt8(ascii: "%") || ASCII.isAlphanumeric(first) || first == 0x3C
        else { return nil }
        let lines = Lines(start.content)
        if lines.isRIS { return .ris }
        if lines.isMEDLINE || lines.hasMEDLINETags { return .medline }
        if lines.isEndNote || lines.hasEndNoteTags { return .endNote }
        let name = start.name.lowercased()
        if name.hasSuffix(".enw"), first == UInt8(ascii: "%") { return .endNote }
        return nil
    }
}
