import QuipuCanonicalJSON

/// A field's canonical JSON as the text that it is.
enum JSONText {
    static func decode(_ canonical: [UInt8]) throws -> String {
        try JSONParser().parse(canonical).string ?? ""
    }
}
