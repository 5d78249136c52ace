internal import QuipuCanonicalJSON
internal import QuipuCausality

/// The state in which a source last gave an item, as the field `from/<scope>` of its record remembers it:
///
///     {"id":"42","modified":"2026-05-01","read":{"body":"9f86d081884c","title":"60303ae22b99"}}
///
/// `read` has the first 48 bits of the hash of each value. Fields past the bounds are told together, as `rest`.
package struct SourceState {
    private static let maximumFields = 64
    private static let maximumNameBytes = 64
    private static let maximumModifiedBytes = 64

    package let id: String
    /// Short hashes by field.
    package private(set) var read: [String: String] = [:]
    package private(set) var json: [UInt8] = []

    package init(of item: ImportItem, id: String) {
        self.id = id
        var rest = ""
        var members: [(name: String, hash: String)] = []
        for field in item.fields.sorted(by: { precedesInUTF16($0.name, $1.name) })
        where !field.name.hasPrefix("collections/") && !SourceMemory.isMemory(field.name) {
            let hash = Self.shortHash(field.json)
            if members.count < Self.maximumFields, field.name.utf8.count <= Self.maximumNameBytes {
                members.append((field.name, hash))
                read[field.name] = hash
            } else {
                rest += "\(field.name)\n\(hash)\n"
            }
        }
        append("{\"id\":")
        appendCanonicalString(id, to: &json)
        if let modified = item.modified, modified.utf8.count <= Self.maximumModifiedBytes {
            append(",\"modified\":")
            appendCanonicalString(modified, to: &json)
        }
        append(",\"read\":{")
        for (index, member) in members.enumerated() {
            if index > 0 { append(",") }
            appendCanonicalString(member.name, to: &json)
            append(":\"\(member.hash)\"")
        }
        append("}")
        if !rest.isEmpty { append(",\"rest\":\"\(Self.shortHash(Array(rest.utf8)))\"") }
        append("}")
    }

    /// Nil when a value is no state.
    package init?(parsing json: [UInt8]) {
        guard let value = try? JSONParser().parse(json), let id = value["id"]?.string else { return nil }
        self.id = id
        self.json = json
        for member in value["read"]?.members ?? [] { read[member.name] = member.value.string }
    }

    private mutating func append(_ text: String) { json.append(contentsOf: text.utf8) }

    package static func shortHash(_ json: [UInt8]) -> String {
        String(ValueHash(of: json).hexadecimal.prefix(12))
    }
}

/// Items without an id of their own that left values behind in a record: the field `from/-` holds lists of their hashes,
/// so that they are known when the file is read again.
package enum LeftItems {
    package static let field = SourceMemory.prefix + "-"

    package static func mark(of item: ImportItem) -> String {
        String(ValueHash(of: SourceState(of: item, id: "").json).hexadecimal.prefix(16))
    }

    static func json(_ marks: Set<String>) -> [UInt8] {
        Array("[\(marks.sorted().map { "\"\($0)\"" }.joined(separator: ","))]".utf8)
    }

    package static func marks(in json: [UInt8]) -> [String] {
        (try? JSONParser().parse(json))?.array?.compactMap(\.string) ?? []
    }
}
