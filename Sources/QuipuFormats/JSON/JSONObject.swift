internal import QuipuCanonicalJSON

/// Objects of other programs' JSON.
enum JSONObject {
    /// Others write ids of 64 bits as numbers; as text they keep all their digits.
    private static let parser = JSONParser(options: .bigNumbersAsStrings, extraDepth: 2)

    /// - Throws: `Rejection` for what is no JSON, no object, or has names that are too long.
    static func members(of bytes: ArraySlice<UInt8>) throws(Rejection) -> [JSONMember] {
        let value: JSONValue
        do throws(JSONError) {
            value = try parser.parse(bytes)
        } catch {
            let lines = bytes.prefix(error.offset).reduce(0) { $1 == 0x0A ? $0 + 1 : $0 }
            throw Rejection("it is not JSON: \(error.message)", byteOffset: error.offset, lineOffset: lines)
        }
        guard let members = value.members else { throw Rejection("it is JSON, but not an object") }
        try FieldSet.requireShortNames(members)
        return members
    }
}
