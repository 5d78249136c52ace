/// JSON Lines: an object a line, blank lines passed over. A line that cannot be taken in is rejected with its
/// place, and the rest goes on.
public struct JSONLinesReader: SourceReader {
    private let name: String
    private var lines: LineReader
    public let formatName = "JSON Lines"

    /// `byteOffset` is how much of the file was passed over before (a byte order mark).
    init(_ source: ByteSource, byteOffset: Int = 0, maximumBytes: Int = SourceLimits.maximumLineBytes) {
        name = source.name
        lines = LineReader(source, ends: .lineFeeds, byteOffset: byteOffset, maximumLineBytes: maximumBytes)
    }

    public mutating func next() throws(InterchangeError) -> SourceEvent? {
        while let line = try lines.next() {
            let place = SourcePlace(file: name, line: line.number, byteOffset: line.byteOffset)
            if line.isTooLong {
                return .rejected(place, reason: "the line is longer than \(lines.maximumLineBytes) bytes")
            }
            let bytes = lines.buffer[line.range]
            if bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { continue }
            do throws(Rejection) {
                return .item(try RecordObject.item(bytes, place: place))
            } catch {
                return error.event(at: place)
            }
        }
        return nil
    }
}
