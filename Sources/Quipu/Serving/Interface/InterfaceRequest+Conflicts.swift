internal import QuipuCanonicalJSON
internal import QuipuHTTPServer
internal import QuipuHosting

extension InterfaceRequest {
    func listConflicts() throws -> HTTPResponse {
        let parameters = try parameters("limit", "after", "record")
        let part = try ListPart(parameters)
        let record = try parameters.text("record", maximumBytes: 1_024)
        return try archive.read { snapshot in
            let id = try record.map { try snapshot.find($0).id }
            var wanted: [Conflict] = []
            var count = 0
            try snapshot.forEachConflict(of: id) { conflict in
                if count >= part.offset, wanted.count < part.limit { wanted.append(conflict) }
                count += 1
                // All are counted elsewhere.
                return id != nil || wanted.count < part.limit
            }
            let total = try id == nil ? snapshot.conflictCount() : count
            let conflicts = try wanted.map {
                JSONText(members: try ConflictForm.members(of: $0, in: snapshot))
            }
            return list("conflicts", conflicts, next: .some(part.next(of: total)), total: total)
        }
    }

    func showConflict(_ field: String, of text: String) throws -> HTTPResponse {
        _ = try parameters()
        return try archive.read { snapshot in
            let record = try snapshot.find(text)
            guard let conflict = try Self.conflict(field, of: record, in: snapshot) else {
                throw Problem(
                    status: 404, word: QuipuError.Code.notInConflict.rawValue,
                    title: "'\(field.prefix(128))' of \(record.id.handle) is in no conflict",
                    hint: "it may be settled; look at the record")
            }
            return Self.json(
                try ConflictForm.whole(conflict, in: snapshot), tag: ConflictForm.tag(of: conflict))
        }
    }

    private static func conflict(
        _ field: String, of record: Record, in snapshot: borrowing Snapshot
    ) throws -> Conflict? {
        let name = try snapshot.field(titled: field).inNormalFormC
        return try snapshot.conflicts(of: record.id).first { $0.field == name }
    }

    func settle(_ field: String, of text: String) throws -> HTTPResponse {
        _ = try parameters()
        let tag = try precondition()
        let members = try object(members: ["choose", "both", "merged", "value", "pieces"])
        guard members.count == 1, let decision = members.first else {
            throw Self.unsuitable("it has not one of choose, both, merged, value, pieces")
        }
        let (_, outcome) = try archive.edit("settle \(field.prefix(64))") { t in
            let record = try t.find(text)
            let before = t.before
            let conflict = try Self.conflict(field, of: record, in: before)
            guard let conflict, ConflictForm.tag(of: conflict) == tag else {
                throw ChangedMeanwhile(
                    message: conflict == nil
                        ? "the conflict was settled since it was looked at"
                        : "the conflict has other values since it was looked at",
                    present: try conflict.map { try ConflictForm.whole($0, in: before) },
                    tag: conflict.map { ConflictForm.tag(of: $0) })
            }
            let resolution = try Self.resolution(decision.name, decision.value, of: conflict)
            try t.resolve(conflict, with: resolution)
        }
        return try written(outcome.version)
    }

    private static func resolution(
        _ name: String, _ value: JSONValue, of conflict: Conflict
    ) throws -> Resolution {
        switch (name, value) {
        case ("choose", .string(let text)):
            if conflict.current.version.description == text { return .current }
            guard let place = conflict.others.firstIndex(where: { $0.version.description == text }) else {
                throw unsuitable("'choose' names none of the versions")
            }
            return .other(place)
        case ("both", .bool(true)): return .both
        case ("merged", .bool(true)): return .merged
        case ("value", let value):
            guard let given = Value(json: value.nfc.canonicalBytes()) else {
                throw unsuitable("'value' is none")
            }
            return .value(given)
        case ("pieces", .array(let elements)):
            guard let pieces = ConflictPieces(conflict), pieces.clashes.count == elements.count else {
                throw unsuitable("'pieces' has not one element for each clash")
            }
            return .value(.string(pieces.text(choosing: try elements.map(Self.piece))))
        default: throw unsuitable("'\(name)' is not what it may be")
        }
    }

    private static func piece(_ value: JSONValue) throws -> ConflictPieces.Choice {
        switch value.string {
        case "current": return .current
        case "other": return .other
        case "both": return .both
        default:
            guard value.members?.count == 1, let text = value["text"]?.string else {
                throw unsuitable("a piece is none of current, other, both, {\"text\": …}")
            }
            return .text(text.inNormalFormC)
        }
    }

    /// What was written, with the entry of the log that it belongs to.
    func written(_ version: Version?, count: Int? = nil) throws -> HTTPResponse {
        let entry = try version.map { version in
            try archive.read { try $0.entry(of: version).version.description }
        }
        var members: [(String, JSONText)] = [
            ("version", JSONText(version?.description)), ("entry", JSONText(entry)),
        ]
        if let count { members.append(("count", JSONText(count))) }
        return Self.json(JSONText(members: members))
    }
}
