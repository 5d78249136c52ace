/// Reads CSL-JSON: an array of objects, one object, or an object with `items`.
struct CSLReader: SourceReader {
    let formatName = "CSL-JSON"
    private var splitter: JSONElementSplitter
    private var count = 0

    init(_ source: ByteSource, layout: JSONElementSplitter.Layout, byteOffset: Int) {
        splitter = JSONElementSplitter(
            source, layout: layout, byteOffset: byteOffset, maximumBytes: SourceLimits.maximumLineBytes)
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        switch try splitter.next() {
        case nil: return nil
        case .event(let event): return event
        case .element(let bytes, let place):
            count += 1
            do throws(Rejection) {
                let members = try JSONObject.members(of: bytes)
                return CSLMapping.draft(of: members).events(place: place, key: String(count)).first
            } catch {
                return error.event(at: place)
            }
        }
    }
}
