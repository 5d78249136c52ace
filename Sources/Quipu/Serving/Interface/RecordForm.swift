internal import QuipuCanonicalJSON
internal import QuipuStorage

/// Records as JSON.
enum RecordForm {
    /// In listings longer texts are left out.
    private static let briefBytes = 1_024

    /// What every record has.
    static func members(
        of record: Record, tag: RecordTag, isBrief: Bool = false
    ) -> [(String, JSONText)] {
        let (fields, omitted) = self.fields(of: record, isBrief: isBrief)
        return reference(record.id, caption: record.caption) + [
            ("etag", JSONText("\"\(tag)\"")), ("deleted", JSONText(record.isDeleted)),
            ("purged", JSONText(record.isPurged)), ("conflicted", JSONText(record.isInConflict)),
            ("fields", fields),
        ] + (isBrief ? [("omitted", JSONText(omitted))] : [])
    }

    /// What names a record.
    static func reference(_ id: RecordID, caption: String?) -> [(String, JSONText)] {
        [
            ("id", JSONText(id.description)), ("uuid", JSONText(id.uuid)), ("handle", JSONText(id.handle)),
            ("kind", JSONText(id.kind.rawValue)), ("caption", JSONText(caption)),
        ]
    }

    /// With the fields that an open record needs.
    static func whole(_ record: Record, in snapshot: borrowing Snapshot) throws -> (JSONText, RecordTag) {
        let tag = try snapshot.tag(of: record)
        let members =
            members(of: record, tag: tag) + [
                ("missingTexts", JSONText(try snapshot.missingTexts(of: record)))
            ]
        return (JSONText(members: members), tag)
    }

    /// The fields, with the elements of sets together.
    private static func fields(of record: Record, isBrief: Bool) -> (JSONText, omitted: [String]) {
        var members: [(String, JSONText)] = []
        var sets: [String: [(String, JSONText)]] = [:]
        var omitted: [String] = []
        for (name, json) in record.fields.all
        where name != "deleted" && !name.hasPrefix(Fields.sourcePrefix) && json != Array("null".utf8) {
            if let (set, element) = SetFields.element(name, of: record.kind) {
                if json == Array("true".utf8) { sets[set, default: []].append((element, true)) }
            } else if isBrief, json.count > briefBytes {
                omitted.append(name)
            } else {
                members.append((name, JSONText(raw: json)))
            }
        }
        for (set, elements) in sets.sorted(by: { $0.key < $1.key }) {
            members.append((set, JSONText(members: elements)))
        }
        return (JSONText(members: members), omitted)
    }
}

/// Names of fields as the interface has them.
enum SetFields {
    private static let usualSets: Set<String> = ["tags", "collections"]

    static func isSet(_ name: String, of kind: RecordKind) -> Bool {
        kind.schema?.fields.first { $0.name == name }?.isSet ?? usualSets.contains(name)
    }

    /// The set and the element that a field of the archive stands for; nil for one that is no element.
    static func element(_ name: String, of kind: RecordKind) -> (set: String, element: String)? {
        guard let slash = name.firstIndex(of: "/") else { return nil }
        let set = String(name[..<slash])
        return isSet(set, of: kind) ? (set, String(name[name.index(after: slash)...])) : nil
    }
}
