internal import CanonicalJSON

/// Gathers the fields of one item, within the bounds, and puts them in order.
struct FieldSet {
    private var fields: [(name: String, value: [UInt8])] = []

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
        guard fields.count < SourceLimits.maximumFields else {
            throw Rejection("it has more than \(SourceLimits.maximumFields) fields")
        }
        fields.append((name, value))
    }

    /// Names that differ only in Unicode form, or by the `x-` that a foreign name was given, fall together
    /// here and nowhere earlier.
    func sorted() throws(Rejection) -> [(name: String, value: [UInt8])] {
        let ordered = fields.sorted { precedesInUTF16($0.name, $1.name) }
        for (one, other) in zip(ordered, ordered.dropFirst())
        where one.name.utf8.elementsEqual(other.name.utf8) {
            throw Rejection("two members would both become the field \(one.name)")
        }
        return ordered
    }
}
