internal import QuipuCanonicalJSON
internal import QuipuHosting
internal import QuipuStorage

/// Fields as a request gives them: a JSON merge patch (RFC 7396) of the member `fields`, in which a set is an object whose members are
/// true.
struct RecordPatch {
    private let members: [(name: String, value: JSONValue)]

    /// - Throws: `Problem` for what is no object.
    init(_ fields: JSONValue) throws {
        guard let members = fields.members else { throw InterfaceRequest.unsuitable("'fields' is no object") }
        self.members = members.map { ($0.name, $0.value) }
    }

    /// The names of what it gives a value, for the log.
    var words: String {
        let names = members.map(\.name).filter { $0.utf8.count <= 32 }.prefix(4)
        return names.isEmpty ? "set" : "set " + names.joined(separator: ", ")
    }

    /// The values that it gives the archive's fields.
    ///
    /// - Parameters:
    ///   - present: what they are merged into; nil for a new record.
    ///   - isStale: the present values are not what the author has seen.
    /// - Throws: `QuipuError` for what the kind does not take; `Problem`.
    func values(
        for kind: RecordKind, over present: Fields?, isStale: Bool = false,
        in transaction: borrowing Transaction
    ) throws -> [(name: String, json: [UInt8])] {
        var values: [(name: String, json: [UInt8])] = []
        func add(_ name: String, _ value: JSONValue) throws {
            guard name != "deleted", !name.hasPrefix(Fields.sourcePrefix) else {
                throw QuipuError(.unknownField, "'\(name)' is not set like other fields")
            }
            try QuipuError.presenting { try Transaction.checkTag(name.nfc) }
            let typed = try transaction.typed(.json(value.nfc.canonicalBytes()), for: name.nfc, of: kind)
            try Self.requireNew(typed.name, in: values, given: name)
            values.append(typed)
        }
        for (name, value) in members {
            if SetFields.isSet(name, of: kind) {
                for (element, isIn) in try elements(of: name, value, present) {
                    try add("\(name)/\(element)", .bool(isIn))
                }
            } else if present == nil, value.isNull {
                continue
            } else if value.members != nil, let json = present?.json(of: name.nfc),
                let old = try? JSONParser().parse(json), old.members != nil
            {
                guard !isStale else {
                    throw InterfaceRequest.unsuitable(
                        "'\(name)' is an object, of which an old state cannot be changed in part; read it again"
                    )
                }
                try add(name, Self.merged(value, into: old))
            } else {
                try add(name, Self.merged(value, into: nil))
            }
        }
        return values
    }

    /// - Throws: `Problem` where a body names a field a second time: in other letters, or an element of a set by itself as well.
    static func requireNew(
        _ name: String, in values: [(name: String, json: [UInt8])], given: String
    ) throws {
        guard values.contains(where: { $0.name == name }) else { return }
        throw InterfaceRequest.unsuitable("'\(given.prefix(64))' is the same field as another one in it")
    }

    private func elements(
        of set: String, _ value: JSONValue, _ present: Fields?
    ) throws -> [(element: String, isIn: Bool)] {
        if value.isNull { return (present?.elements(of: set) ?? []).map { ($0, false) } }
        guard let members = value.members else {
            throw InterfaceRequest.unsuitable("'\(set)' is a set: an object whose members are true, or null")
        }
        return try members.compactMap { member in
            if member.value.bool == true { return (member.name, true) }
            guard member.value.isNull else {
                throw InterfaceRequest.unsuitable(
                    "'\(set)' has '\(member.name.prefix(64))', which is neither true nor null")
            }
            // What was never in it is not taken out.
            return present?.json(of: "\(set)/\(member.name)".nfc) == nil ? nil : (member.name, false)
        }
    }

    /// RFC 7396, section 2.
    static func merged(_ patch: JSONValue, into target: JSONValue?) -> JSONValue {
        guard let changes = patch.members else { return patch }
        var members = target?.members ?? []
        for change in changes {
            let place = members.firstIndex { $0.name == change.name }
            if change.value.isNull {
                if let place { members.remove(at: place) }
            } else if let place {
                members[place] = JSONMember(
                    name: change.name, value: merged(change.value, into: members[place].value))
            } else {
                members.append(JSONMember(name: change.name, value: merged(change.value, into: nil)))
            }
        }
        return .object(members)
    }
}
