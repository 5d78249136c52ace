internal import QuipuCBOR
internal import QuipuCausality

/// What a reading process is asked to read: a format, a source and what is known of it.
struct ReaderRequest {
    var format: String
    /// The source's name in messages.
    var name: String
    var options: SourceOptions
    /// What was read of the source already.
    var prefix: [UInt8]
    /// Whether the rest comes through the descriptor that is passed along.
    var hasDescriptor: Bool
    /// The records before it were read already.
    var firstRecord = 1
    /// Of a library of Zotero, which has pages and no bytes.
    var library: Library?

    struct Library {
        var collection: String?
        var since: Int?
    }

    private static let maximumNames = 1_000

    func encoded() -> [UInt8] {
        var writer = CBORWriter(capacityBytes: prefix.count + 512)
        writer.array(count: 9)
        writer.text(format)
        writer.text(name)
        let names = options.fieldsByName.sorted { $0.key.utf8Precedes($1.key) }
        writer.array(count: names.count)
        for (name, field) in names {
            writer.array(count: 2)
            writer.text(name)
            writer.text(field)
        }
        writer.optionalText(options.address)
        writer.boolean(options.keepsOriginals)
        writer.byteString(prefix)
        writer.boolean(hasDescriptor)
        writer.array(count: library == nil ? 0 : 2)
        if let library {
            writer.optionalText(library.collection)
            writer.optionalNumber(library.since)
        }
        writer.unsigned(UInt64(clamping: firstRecord))
        return writer.bytes
    }

    init(format: String, name: String, options: SourceOptions, prefix: [UInt8], hasDescriptor: Bool) {
        self.format = format
        self.name = name
        self.options = options
        self.prefix = prefix
        self.hasDescriptor = hasDescriptor
    }

    init(decoding bytes: ArraySlice<UInt8>) throws(CBORError) {
        var reader = CBORReader(bytes)
        _ = try reader.arrayCount(maximum: 9)
        format = try reader.text(maximumBytes: ReaderLimits.maximumTextBytes)
        name = try reader.text(maximumBytes: ReaderLimits.maximumTextBytes)
        options = SourceOptions()
        for _ in 0..<(try reader.arrayCount(maximum: Self.maximumNames)) {
            _ = try reader.arrayCount(maximum: 2)
            let name = try reader.text(maximumBytes: ReaderLimits.maximumTextBytes)
            options.fieldsByName[name] = try reader.text(maximumBytes: ReaderLimits.maximumTextBytes)
        }
        options.address = try reader.optionalText(maximumBytes: ReaderLimits.maximumTextBytes)
        options.keepsOriginals = try reader.boolean()
        prefix = Array(try reader.byteString(maximumBytes: ReaderLimits.maximumFrameBytes))
        hasDescriptor = try reader.boolean()
        if try reader.arrayCount(maximum: 2) > 0 {
            library = Library(
                collection: try reader.optionalText(maximumBytes: ReaderLimits.maximumTextBytes),
                since: try reader.optionalNumber())
        }
        firstRecord = Int(clamping: try reader.unsigned())
    }
}

extension CBORWriter {
    /// As a list of one, or an empty one.
    mutating func optionalText(_ text: String?) {
        array(count: text == nil ? 0 : 1)
        if let text { self.text(text) }
    }
}

extension CBORReader {
    mutating func optionalText(maximumBytes: Int) throws(CBORError) -> String? {
        try arrayCount(maximum: 1) == 0 ? nil : try text(maximumBytes: maximumBytes)
    }
}
