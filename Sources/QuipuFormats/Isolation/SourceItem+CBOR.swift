internal import QuipuCBOR
internal import QuipuCanonicalJSON

extension SourcePlace {
    func encode(to writer: inout CBORWriter) {
        writer.array(count: 3)
        writer.text(file)
        writer.unsigned(UInt64(clamping: line))
        writer.unsigned(UInt64(clamping: byteOffset))
    }

    init(decoding reader: inout CBORReader) throws(CBORError) {
        _ = try reader.arrayCount(maximum: 3)
        self.init(
            file: try reader.text(maximumBytes: ReaderLimits.maximumTextBytes),
            line: Int(clamping: try reader.unsigned()), byteOffset: Int(clamping: try reader.unsigned()))
    }
}

extension SourceItem {
    private static let maximumTextBytes = ReaderLimits.maximumTextBytes

    func encode(to writer: inout CBORWriter) {
        writer.array(count: 10)
        place.encode(to: &writer)
        writer.text(kind)
        writer.optionalText(foreignID)
        writer.optionalText(producer)
        writer.optionalText(modified)
        writer.array(count: fields.count)
        for field in fields {
            writer.array(count: 2)
            writer.text(field.name)
            writer.byteString(field.value)
        }
        writer.texts(tags)
        writer.texts(kept)
        relations.encode(to: &writer)
        // Only exports of our own have an id, and those are read without another process.
        writer.array(count: 0)
    }

    /// - Throws: also for what no reader may yield: values that are not canonical JSON, names out of order.
    init(decoding reader: inout CBORReader) throws(CBORError) {
        _ = try reader.arrayCount(maximum: 10)
        let place = try SourcePlace(decoding: &reader)
        let kind = try reader.text(maximumBytes: SourceLimits.maximumKindBytes)
        guard ["article", "annotation", "note", "attachment"].contains(kind) else {
            throw CBORError(.malformed, "an item of an unknown kind")
        }
        let foreignID = try reader.optionalText(maximumBytes: Self.maximumTextBytes)
        let producer = try reader.optionalText(maximumBytes: Self.maximumTextBytes)
        let modified = try reader.optionalText(maximumBytes: Self.maximumTextBytes)
        var fields: [(name: String, value: [UInt8])] = []
        for _ in 0..<(try reader.arrayCount(maximum: SourceLimits.maximumFields)) {
            _ = try reader.arrayCount(maximum: 2)
            let name = try reader.text(maximumBytes: SourceLimits.maximumFieldNameBytes)
            let value = Array(try reader.byteString(maximumBytes: SourceLimits.maximumValueBytes))
            if let last = fields.last, !precedesInUTF16(last.name, name) {
                throw CBORError(.malformed, "fields that are out of order")
            }
            guard isCanonicalJSON(value) else {
                throw CBORError(.malformed, "a value that is no canonical JSON")
            }
            fields.append((name, value))
        }
        let tags = try reader.texts(maximum: SourceLimits.maximumFields)
        let kept = try reader.texts(maximum: SourceLimits.maximumFields)
        let relations = try SourceRelations(decoding: &reader)
        _ = try reader.arrayCount(maximum: 0)
        self.init(
            place: place, kind: kind, fields: fields, tags: tags, foreignID: foreignID, producer: producer,
            modified: modified, kept: kept, relations: relations)
    }
}

extension SourceRelations {
    fileprivate func encode(to writer: inout CBORWriter) {
        writer.array(count: 5)
        writer.optionalText(key)
        writer.optionalText(parent)
        writer.array(count: collections.count)
        for path in collections { writer.texts(path) }
        if let passage {
            writer.array(count: 5)
            writer.text(passage.exact)
            writer.text(passage.prefix)
            writer.text(passage.suffix)
            writer.optionalNumber(passage.start)
            writer.optionalNumber(passage.length)
        } else {
            writer.array(count: 0)
        }
        switch file {
        case nil: writer.array(count: 0)
        case .path(let path):
            writer.array(count: 1)
            writer.text(path)
        case .bytes(let bytes):
            writer.array(count: 2)
            writer.text("")
            writer.byteString(bytes)
        }
    }

    fileprivate init(decoding reader: inout CBORReader) throws(CBORError) {
        self.init()
        _ = try reader.arrayCount(maximum: 5)
        key = try reader.optionalText(maximumBytes: ReaderLimits.maximumTextBytes)
        parent = try reader.optionalText(maximumBytes: ReaderLimits.maximumTextBytes)
        for _ in 0..<(try reader.arrayCount(maximum: ReaderLimits.maximumCollections)) {
            collections.append(try reader.texts(maximum: ReaderLimits.maximumDepth))
        }
        if try reader.arrayCount(maximum: 5) > 0 {
            passage = SourcePassage(
                exact: try reader.text(maximumBytes: SourceLimits.maximumValueBytes),
                prefix: try reader.text(maximumBytes: SourceLimits.maximumValueBytes),
                suffix: try reader.text(maximumBytes: SourceLimits.maximumValueBytes),
                start: try reader.optionalNumber(), length: try reader.optionalNumber())
        }
        switch try reader.arrayCount(maximum: 2) {
        case 0: file = nil
        case 1: file = .path(try reader.text(maximumBytes: ReaderLimits.maximumTextBytes))
        default:
            _ = try reader.text(maximumBytes: 0)
            file = .bytes(Array(try reader.byteString(maximumBytes: SourceLimits.maximumFileBytes)))
        }
    }
}

extension CBORWriter {
    fileprivate mutating func texts(_ texts: [String]) {
        array(count: texts.count)
        for text in texts { self.text(text) }
    }

    mutating func optionalNumber(_ number: Int?) {
        array(count: number == nil ? 0 : 1)
        if let number { unsigned(UInt64(clamping: number)) }
    }
}

extension CBORReader {
    fileprivate mutating func texts(maximum: Int) throws(CBORError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try arrayCount(maximum: maximum)) {
            texts.append(try text(maximumBytes: ReaderLimits.maximumTextBytes))
        }
        return texts
    }

    mutating func optionalNumber() throws(CBORError) -> Int? {
        try arrayCount(maximum: 1) == 0 ? nil : Int(clamping: try unsigned())
    }
}
