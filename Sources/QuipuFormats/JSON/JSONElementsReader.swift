/// One JSON array of objects, the array in an object, or objects after one another that take several lines each.
public struct JSONElementsReader: SourceReader {
    private var splitter: JSONElementSplitter
    /// Whose ids the elements have, as in `SourceItem`.
    private let producer: String?
    public let formatName: String

    /// `byteOffset` is how much of the file was passed over before (a byte order mark).
    init(
        _ source: ByteSource, layout: JSONElementSplitter.Layout, byteOffset: Int = 0,
        producer: String? = nil,
        maximumBytes: Int = SourceLimits.maximumLineBytes
    ) {
        self.producer = producer
        switch layout {
        case .array: formatName = "a JSON array"
        case .sequence: formatName = "JSON objects"
        case .items(let path): formatName = "JSON with the items in `\(path.joined(separator: "."))`"
        }
        splitter = JSONElementSplitter(
            source, layout: layout, byteOffset: byteOffset, maximumBytes: maximumBytes)
    }

    public mutating func next() throws(InterchangeError) -> SourceEvent? {
        switch try splitter.next() {
        case nil: return nil
        case .event(let event): return event
        case .element(let bytes, let place):
            do throws(Rejection) {
                return .item(try RecordObject.item(bytes, place: place, producer: producer))
            } catch {
                return error.event(at: place)
            }
        }
    }
}
