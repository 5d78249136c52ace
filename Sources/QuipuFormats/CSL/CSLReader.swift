/// Reads CSL-JSON: an array of objects, one object, or an object with `items`.
struct CSLReader: SourceReader {
    let formatName = "CSL-JSON"
    private let name: String
    private var splitter: JSONElementSplitter
    private var count = 0

    init(_ source: ByteSource, layout: JSONElementSplitter.Layout, byteOffset: Int) {
        name = source.name
        splitter = JSONElementSplitter(
            source, layout: layout, byteOffset: byteOffset, maximumBytes: SourceLimits.maximumLineBytes)
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        switch try splitter.next() {
        case nil: return nil
        case .broken(let reason, let line, let offset):
            return .rejected(
                SourcePlace(file: name, line: line, byteOffset: offset),
                reason: "\(reason), so nothing after this place could be read")
        case .tooLong(let line, let offset):
            return .rejected(
                SourcePlace(file: name, line: line, byteOffset: offset),
                reason: "the object is longer than \(SourceLimits.maximumLineBytes) bytes")
        case .element(let bytes, let line, let offset):
            count += 1
            let place = SourcePlace(file: name, line: line, byteOffset: offset)
            do throws(Rejection) {
                let members = try JSONObject.members(of: bytes)
                return CSLMapping.draft(of: members).events(place: place, key: String(count)).first
            } catch {
                return error.event(at: place)
            }
        }
    }
}
