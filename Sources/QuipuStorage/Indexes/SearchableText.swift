internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuTextFolding

/// What of a record is searched: all its text, those fields included that a source has under names of its own, each
/// in one of four ranks.
struct SearchableText {
    /// A column of the index. A hit in an earlier one comes first.
    enum Rank: Int, CaseIterable {
        case title, body
        /// Of notes and annotations.
        case remark
        case rest
    }

    struct Part {
        let rank: Rank
        let text: String
    }

    private(set) var parts: [Part] = []

    init(of record: RecordState) {
        let kind = Kinds.known[record.kind]
        for member in record.fields.members {
            if let text = Self.element(member) {
                parts.append(Part(rank: .rest, text: text))
                continue
            }
            let field = kind?[member.name]
            guard !Self.isLeftOut(member.name, type: field?.type ?? .unknown) else { continue }
            let rank = Self.rank(of: member.name, kind: record.kind)
            if member.name == "quote", field != nil {
                guard let value = try? JSONParser().parse(member.json), let exact = value["exact"]?.string
                else { continue }
                parts.append(Part(rank: rank, text: exact))
            } else {
                for text in Self.texts(member.json) { parts.append(Part(rank: rank, text: text)) }
            }
        }
    }

    /// The words of each rank as the index takes them, parts kept apart.
    func columns(_ folder: inout WordFolder) -> [[UInt8]] {
        var columns = [[UInt8]](repeating: [], count: Rank.allCases.count)
        for part in parts {
            let rank = part.rank.rawValue
            // No phrase goes from one field into the next.
            if !columns[rank].isEmpty { columns[rank].append(contentsOf: Self.border) }
            folder.append(wordsOf: part.text, to: &columns[rank])
        }
        return columns
    }

    /// A word that no text has: it is no letter.
    private static let border = Array("¶ ".utf8)

    /// Codes, not text.
    private static let codes: Set<String> = ["language", "merge", "query", "sha256", "mediaType"]
    /// Sets whose elements are ids or names of fields.
    private static let sets: Set<Substring> = ["collections", "derived", "from"]

    private static func isLeftOut(_ field: String, type: Kinds.FieldType) -> Bool {
        switch type {
        case .text, .textOrList: codes.contains(field)
        case .boolean, .number, .date, .reference, .set: true
        case .object: field != "quote"
        case .unknown:
            field == "deleted" || field.utf8.contains(UInt8(ascii: "/")) && sets.contains(set(field))
        }
    }

    private static func set(_ field: String) -> Substring {
        Substring(field.utf8.prefix { $0 != UInt8(ascii: "/") })
    }

    /// The element of a set that the record has: a tag.
    private static func element(_ member: VisibleFields.Member) -> String? {
        guard member.json.count == 4, member.json == JSONLiteral.true,
            let slash = member.name.utf8.firstIndex(of: UInt8(ascii: "/")),
            !sets.contains(set(member.name))
        else { return nil }
        return String(member.name[member.name.utf8.index(after: slash)...])
    }

    private static func rank(of field: String, kind: String) -> Rank {
        let isRemark = kind == "annotation" || kind == "note"
        return switch field {
        case "title": isRemark ? .remark : .title
        case "name": kind == "attachment" ? .rest : .title
        case "body": .body
        case "abstract", "description": .body
        case "text", "quote": isRemark ? .remark : .body
        default: .rest
        }
    }

    /// The strings in a value, those inside of lists and objects too.
    private static func texts(_ json: [UInt8]) -> [String] {
        switch json.first {
        case UInt8(ascii: "\""): return decodeString(json).map { [$0] } ?? []
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            var found: [String] = []
            if let value = try? JSONParser().parse(json) { collect(value, into: &found) }
            return found
        default: return []
        }
    }

    private static func collect(_ value: JSONValue, into found: inout [String]) {
        switch value {
        case .string(let text): found.append(text)
        case .array(let elements): for element in elements { collect(element, into: &found) }
        case .object(let members): for member in members { collect(member.value, into: &found) }
        case .null, .bool, .number: break
        }
    }
}
