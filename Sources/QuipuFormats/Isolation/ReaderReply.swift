internal import QuipuCBOR
internal import QuipuCanonicalJSON

/// What a reading process says. What comes from it is checked like what comes from a file: it has read foreign bytes, and
/// may be theirs.
enum ReaderReply {
    /// The first word of a process: which form of these messages it speaks.
    case ready(version: Int)
    /// The source was opened; what it turned out to be.
    case opened(formatName: String)
    case event(SourceEvent)
    /// It begins to look into this record of the source.
    case record(Int, SourcePlace)
    /// It is at work, or waits for its source.
    case working
    case finished
    case failed(InterchangeError)
    /// A page of the library that it reads, by its path.
    case wants(String)

    static let version = 2

    private enum Sort: UInt64 {
        case ready, opened, item, rejected, remark, working, finished, failed, wants, record
    }

    /// - Parameter consumedBytes: how much of the source was read so far.
    func encoded(consumedBytes: Int) -> [UInt8] {
        var writer = CBORWriter(capacityBytes: 256)
        func begin(_ sort: Sort, _ writer: inout CBORWriter) {
            writer.array(count: 3)
            writer.unsigned(sort.rawValue)
            writer.unsigned(UInt64(clamping: consumedBytes))
        }
        switch self {
        case .ready(let version):
            begin(.ready, &writer)
            writer.unsigned(UInt64(clamping: version))
        case .opened(let formatName):
            begin(.opened, &writer)
            writer.text(formatName)
        case .event(.item(let item)):
            begin(.item, &writer)
            item.encode(to: &writer)
        case .event(.rejected(let place, let reason)):
            begin(.rejected, &writer)
            Self.encode(place, reason, to: &writer)
        case .event(.remark(let place, let text)):
            begin(.remark, &writer)
            Self.encode(place, text, to: &writer)
        case .record(let number, let place):
            begin(.record, &writer)
            writer.array(count: 2)
            writer.unsigned(UInt64(clamping: number))
            place.encode(to: &writer)
        case .working:
            begin(.working, &writer)
            writer.array(count: 0)
        case .finished:
            begin(.finished, &writer)
            writer.array(count: 0)
        case .wants(let path):
            begin(.wants, &writer)
            writer.text(path)
        case .failed(let error):
            begin(.failed, &writer)
            writer.array(count: 6)
            for text in [error.code.name, error.operation, error.path, error.message, error.hint] {
                writer.text(Self.bounded(text))
            }
            writer.array(count: error.remedy == nil ? 0 : 2)
            if let remedy = error.remedy {
                writer.text(remedy.kind.rawValue)
                writer.text(Self.bounded(remedy.subject))
            }
        }
        return writer.bytes
    }

    static func decode(
        _ bytes: ArraySlice<UInt8>
    ) throws(CBORError) -> (reply: ReaderReply, consumedBytes: Int) {
        var reader = CBORReader(bytes)
        _ = try reader.arrayCount(maximum: 3)
        guard let sort = Sort(rawValue: try reader.unsigned()) else {
            throw CBORError(.malformed, "a message of an unknown sort")
        }
        let consumed = Int(clamping: try reader.unsigned())
        let reply: ReaderReply
        switch sort {
        case .ready: reply = .ready(version: Int(clamping: try reader.unsigned()))
        case .opened: reply = .opened(formatName: try reader.text(maximumBytes: 512))
        case .item: reply = .event(.item(try SourceItem(decoding: &reader)))
        case .rejected:
            let (place, reason) = try placeAndText(&reader)
            reply = .event(.rejected(place, reason: reason))
        case .remark:
            let (place, text) = try placeAndText(&reader)
            reply = .event(.remark(place, text))
        case .record:
            _ = try reader.arrayCount(maximum: 2)
            let number = Int(clamping: try reader.unsigned())
            reply = .record(number, try SourcePlace(decoding: &reader))
        case .working:
            try reader.skip()
            reply = .working
        case .finished:
            try reader.skip()
            reply = .finished
        case .wants: reply = .wants(try reader.text(maximumBytes: ReaderLimits.maximumTextBytes))
        case .failed: reply = .failed(try error(&reader))
        }
        return (reply, consumed)
    }

    private static func encode(_ place: SourcePlace, _ text: String, to writer: inout CBORWriter) {
        writer.array(count: 2)
        place.encode(to: &writer)
        writer.text(bounded(text))
    }

    private static func placeAndText(
        _ reader: inout CBORReader
    ) throws(CBORError) -> (SourcePlace, String) {
        _ = try reader.arrayCount(maximum: 2)
        return (
            try SourcePlace(decoding: &reader), try reader.text(maximumBytes: ReaderLimits.maximumTextBytes)
        )
    }

    private static func error(_ reader: inout CBORReader) throws(CBORError) -> InterchangeError {
        _ = try reader.arrayCount(maximum: 6)
        var texts: [String] = []
        for _ in 0..<5 { texts.append(try reader.text(maximumBytes: ReaderLimits.maximumTextBytes)) }
        var remedy: InterchangeError.Remedy?
        if try reader.arrayCount(maximum: 2) > 0 {
            let kind = try reader.text(maximumBytes: 64)
            let subject = try reader.text(maximumBytes: ReaderLimits.maximumTextBytes)
            remedy = InterchangeError.Remedy.Kind(rawValue: kind).map { .init($0, subject) }
        }
        return InterchangeError(
            code: .init(name: texts[0]), operation: texts[1], path: texts[2], message: texts[3],
            hint: texts[4], remedy: remedy)
    }

    private static func bounded(_ text: String) -> String {
        text.utf8.count <= 4_096 ? text : String(text.unicodeScalars.prefix(1_024))
    }
}
