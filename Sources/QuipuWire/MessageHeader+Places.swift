internal import QuipuCBOR
internal import QuipuCausality

// Where wanted texts are shown: [* [index of the want, id, kind, field]].
extension MessageHeader {
    func writePlaces(to writer: inout CBORWriter) {
        let placed = wants.enumerated().compactMap { index, want in want.place.map { (index, $0) } }
        writer.array(count: placed.count)
        for (index, place) in placed {
            writer.array(count: 4)
            writer.unsigned(UInt64(index))
            writer.identifier(place.record)
            writer.text(place.kind)
            writer.text(place.field)
        }
    }

    mutating func readPlaces(from reader: inout CBORReader) throws(WireError) {
        for _ in 0..<(try reader.arrayCount(maximum: Self.maximumWants)) {
            guard try reader.arrayCount(maximum: 4) == 4 else {
                throw WireError(.unexpected, "the place of a text has four parts")
            }
            let index = try reader.unsigned()
            let place = Place(
                record: try reader.identifier(), kind: try reader.text(maximumBytes: Limits.kindBytes),
                field: try reader.text(maximumBytes: Limits.fieldNameBytes))
            guard index < UInt64(wants.count), wants[Int(index)].place == nil else {
                throw WireError(.unexpected, "a place is told of a text that is not wanted")
            }
            wants[Int(index)].place = place
        }
    }
}
