/// The objects that a JSON file begins with, for telling whose export it is.
struct JSONSample {
    private let content: ArraySlice<UInt8>
    /// The file's one object; the first of an array, or of several objects after one another.
    let first: JSONOutline?

    init(_ start: SourceStart) {
        content = start.content
        switch content.first {
        case UInt8(ascii: "{"): first = JSONOutline(content)
        case UInt8(ascii: "["): first = Self.firstObject(of: content)
        default: first = nil
        }
    }

    /// The first object of the array that is a member of this name.
    func first(in name: String) -> JSONOutline? {
        let quoted = Array("\"\(name)\"".utf8)
        var rest = content
        while let found = rest.firstIndex(of: UInt8(ascii: "\"")) {
            rest = rest[found...]
            if rest.starts(with: quoted) {
                let value = rest.dropFirst(quoted.count).drop(while: ForeignFormat.isSpace)
                if value.first == UInt8(ascii: ":") {
                    return Self.firstObject(of: value.dropFirst().drop(while: ForeignFormat.isSpace))
                }
            }
            rest = rest.dropFirst()
        }
        return nil
    }

    func contains(_ word: String) -> Bool { ForeignFormat.contains(content, word) }

    private static func firstObject(of array: ArraySlice<UInt8>) -> JSONOutline? {
        guard array.first == UInt8(ascii: "[") else { return nil }
        let inner = array.dropFirst().drop(while: ForeignFormat.isSpace)
        return inner.first == UInt8(ascii: "{") ? JSONOutline(inner) : nil
    }
}

extension JSONOutline {
    func has(_ names: String...) -> Bool {
        names.allSatisfy { name in members.contains { $0.name == name } }
    }
}

extension JSONOutline {
    /// Whether JSON of no known producer begins as articles or records of ours do, and not as settings or data.
    static func holdsArticles(_ text: ArraySlice<UInt8>, _ layout: FormatRecognition.Layout) -> Bool {
        if case .jsonItems = layout { return true }
        let content = text.drop { $0 != UInt8(ascii: "{") }
        guard content.first == UInt8(ascii: "{") else { return false }
        return JSONOutline(content).members.contains { member in
            if member.name == LosslessRecord.marker { return true }
            guard case .text = member.shape else { return false }
            return FieldNames.places(of: member.name).contains {
                ["title", "body", "url", "doi"].contains(FieldNames.table[$0.row].field)
            }
        }
    }
}
