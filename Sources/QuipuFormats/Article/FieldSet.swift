internal import QuipuCanonicalJSON

/// Gathers the fields of one item, within the bounds, and puts them in order.
struct FieldSet {
    private var fields: [(name: String, value: [UInt8])] = []
    /// Names of what was kept, as bytes: equality of `String` is not that of code points.
    private var keptNames: Set<[UInt8]> = []

    /// Before anything is compared with a name: one of megabytes, all of it combining marks, takes minutes to be
    /// told from another.
    static func requireShortNames(_ members: [JSONMember]) throws(Rejection) {
        if members.contains(where: { $0.name.utf8.count > SourceLimits.maximumFieldNameBytes }) {
            throw Rejection("a field's name is longer than \(SourceLimits.maximumFieldNameBytes) bytes")
        }
    }

    mutating func add(_ name: String, _ value: JSONValue) throws(Rejection) {
        try add(name, canonical: value.canonicalBytes())
    }

    mutating func add(_ name: String, canonical value: [UInt8]) throws(Rejection) {
        guard name.utf8.count <= SourceLimits.maximumFieldNameBytes else {
            throw Rejection("a field's name is longer than \(SourceLimits.maximumFieldNameBytes) bytes")
        }
        guard value.count <= SourceLimits.maximumValueBytes else {
            throw Rejection("the field \(name) is longer than \(SourceLimits.maximumValueBytes) bytes")
        }
        if value.first == UInt8(ascii: "[") || value.first == UInt8(ascii: "{"), !isCanonicalJSON(value) {
            throw Rejection("the field \(name) is nested deeper than \(JSONParser.maximumDepth) levels")
        }
        guard fields.count < SourceLimits.maximumFields else {
            throw Rejection("it has more than \(SourceLimits.maximumFields) fields")
        }
        fields.append((name, value))
    }

    /// Keeps a member under `x-` and its name, in NFC; where that name is taken, under `x-` and that.
    mutating func keep(_ name: String, _ value: JSONValue) throws(Rejection) {
        var name = name.hasPrefix("x-") ? name : "x-" + name
        while !keptNames.insert(Array(name.utf8)).inserted { name = "x-" + name }
        try add(name, value)
    }

    /// - Throws: `Rejection` where two fields have one name.
    func sorted() throws(Rejection) -> [(name: String, value: [UInt8])] {
        let ordered = fields.sorted { precedesInUTF16($0.name, $1.name) }
        for (one, other) in zip(ordered, ordered.dropFirst())
        where one.name.utf8.elementsEqual(other.name.utf8) {
            throw Rejection("two members would both become the field \(one.name)")
        }
        return ordered
    }
}
