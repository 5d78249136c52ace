internal import QuipuCanonicalJSON
internal import QuipuCausality

/// A record that a collection loses.
struct Loss {
    var record: Int64
    /// The field whose new value takes it away.
    var field: String
    /// The log position from which on the collection had it.
    var since: Int64
}

/// Records that transactions take from collections.
struct Losses {
    /// A collection's id in lower case, as fields name it; empty for records that are in none.
    typealias Place = String

    static let prefix = "collections/"

    private struct Key: Hashable {
        var id: RecordID
        var kind: String
    }

    private(set) var byPlace: [Place: [Loss]] = [:]

    /// - Parameter transactions: in their order; the last word on a field counts.
    init(by transactions: [Transaction], in archive: OpenArchive) throws {
        var order: [Key] = []
        var taken: [Key: [String: Bool]] = [:]
        for record in transactions.lazy.flatMap(\.records) where record.kind != "collection" {
            for change in record.fields {
                let takes = Self.takesAway(change)
                let key = Key(id: record.id, kind: record.kind)
                if takes, taken[key] == nil { order.append(key) }
                if takes || taken[key] != nil { taken[key, default: [:]][change.field] = takes }
            }
        }
        let merges = try archive.merges
        for key in order {
            let fields = (taken[key] ?? [:]).filter(\.value).keys.sorted()
            // One that is shown under another one already takes nothing away with it.
            guard !fields.isEmpty, let record = try archive.recordStates.record(key.id, kind: key.kind),
                !record.flags.contains(.isDeleted), !merges.isMember(record.row)
            else { continue }
            try add(record, losing: fields, in: archive)
        }
    }

    private mutating func add(_ record: RecordState, losing fields: [String], in archive: OpenArchive) throws
    {
        let whole =
            ["deleted", MergedInto.field].first(where: fields.contains) ?? Self.emptied(record, by: fields)
        for place in Self.places(of: record) {
            guard let field = whole ?? fields.first(where: { $0 == Self.prefix + place }) else { continue }
            let since = try archive.membership.start(
                of: record.row, in: place, base: record.base,
                hasVersions: record.flags.contains(.hasVersions))
            byPlace[place, default: []].append(Loss(record: record.row, field: field, since: since))
        }
    }

    static func places(of record: RecordState) -> [Place] {
        let ids = record.fields.members
            .filter { $0.name.hasPrefix(prefix) && $0.json == JSONLiteral.true }
            .map { String($0.name.dropFirst(prefix.count)) }
        if !ids.isEmpty { return ids }
        return record.kind == "article" ? [""] : []
    }

    /// The field that leaves a record empty: its title or its text, or the last one that says anything.
    private static func emptied(_ record: RecordState, by fields: [String]) -> String? {
        let lost = fields.filter { isContent($0) && !isBlank(record.fields[$0]) }
        if let main = lost.first(where: { ["body", "text", "title"].contains($0) }) { return main }
        let left = record.fields.members.contains {
            isContent($0.name) && !lost.contains($0.name) && !isBlank($0.json)
        }
        return left ? nil : lost.first
    }

    private static func takesAway(_ change: FieldChange) -> Bool {
        if change.field == "deleted" { return change.value.hash == JSONLiteral.trueHash }
        if change.field == MergedInto.field { return change.value.hash != JSONLiteral.nullHash }
        if change.field.hasPrefix(prefix) { return change.value.hash != JSONLiteral.trueHash }
        // What travels by its hash is long.
        guard isContent(change.field), let json = change.value.text else { return false }
        return isBlank(json)
    }

    /// Whether a field says something of its own: not one that sorts the record, or hangs it on another.
    static func isContent(_ field: String) -> Bool {
        field != "deleted" && field != "target" && field != MergedInto.field
            && !field.utf8.contains(UInt8(ascii: "/"))
    }

    /// No value, an empty one, or a text that shows nothing.
    static func isBlank(_ json: [UInt8]?) -> Bool {
        guard let json else { return true }
        if json.count > 2, json[0] == UInt8(ascii: "\""), json[1] > 0x20, json[1] < 0x7f,
            json[1] != UInt8(ascii: "\\")
        {
            return false
        }
        return switch try? JSONParser().parse(json) {
        case .null: true
        case .string(let text):
            text.unicodeScalars.allSatisfy {
                $0.properties.isWhitespace || $0.properties.isDefaultIgnorableCodePoint
                    || $0.properties.generalCategory == .control
            }
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }
}
