internal import QuipuCanonicalJSON

/// One JSON object as an item: another program's, or our own lossless export.
enum RecordObject {
    /// Others write ids of 64 bits as numbers; as text they keep all their digits.
    /// A value stands in an object, and in our own export in a second one.
    private static let foreignParser = JSONParser(options: .bigNumbersAsStrings, extraDepth: 2)
    /// Our numbers are doubles already.
    private static let ownParser = JSONParser(extraDepth: 2)

    static func item(
        _ text: ArraySlice<UInt8>, place: SourcePlace, producer: String? = nil
    ) throws(Rejection) -> SourceItem {
        if let item = try CanonicalExportLine.item(text, place: place) { return item }
        let members = try members(text, foreignParser)
        try FieldSet.requireShortNames(members)
        if LosslessRecord.isOurs(members) {
            return try LosslessRecord.item(from: self.members(text, ownParser), place: place)
        }
        return try ArticleMapping.item(from: members, place: place, producer: producer)
    }

    private static func members(
        _ text: ArraySlice<UInt8>, _ parser: JSONParser
    ) throws(Rejection) -> [JSONMember] {
        do throws(JSONError) {
            if let members = try parser.parse(text).members { return members }
        } catch {
            let lines = text.prefix(error.offset).reduce(0) { $1 == 0x0A ? $0 + 1 : $0 }
            throw Rejection("it is not JSON: \(error.message)", byteOffset: error.offset, lineOffset: lines)
        }
        throw Rejection("it is JSON, but not an object")
    }
}
