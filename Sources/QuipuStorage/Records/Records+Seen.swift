internal import QuipuCBOR
public import QuipuCausality

/// The versions that the fields of a record had at a position of this mirror's log: what somebody saw who read it then.
public struct SeenVersions: Sendable, Equatable {
    /// Of the last transaction up to then that changed the record; 0 if there was none.
    public var position: Int64
    /// Of record, fields and heads. It is the same on every mirror that has the same heads.
    public var digest: UInt128
    /// By field; a field that had no value is left out.
    public var names: [String: [TransactionName]]
}

extension Records {
    /// - Parameter position: nil for now.
    public func seen(of record: Record, at position: Int64? = nil) throws -> SeenVersions {
        let state = try recordStates.record(row: record.row)
        let end = position ?? .max
        let last = try log.positions(changing: record).last { $0 <= end } ?? 0
        var names: [String: [TransactionName]] = [:]
        var keys: [(field: String, keys: [VersionKey])] = []
        for row in try recordStates.fieldRows(of: state) {
            let field = try interning.name(row, in: database)
            let all = try recordStates.versions(of: field, row: row, in: state).versions
            let heads = all.heads(asOf: end)
            if heads.isEmpty { continue }
            names[field] = try heads.map { try log.name(at: $0.representative.position) }.sorted()
            keys.append((field, heads.map(\.key).sorted()))
        }
        var writer = CBORWriter()
        writer.array(count: 4)
        writer.text("quipu seen 1")
        writer.identifier(record.id)
        writer.text(record.kind)
        writer.array(count: 2 * keys.count)
        for (field, keys) in keys.sorted(by: { $0.field.utf8Precedes($1.field) }) {
            writer.text(field)
            writer.array(count: keys.count)
            for key in keys { writer.identifier(key) }
        }
        return SeenVersions(position: last, digest: BLAKE2b.hash16(writer.bytes), names: names)
    }

    /// Whether transactions made versions of a field of a record, and all of them are here.
    public func hold(_ versions: [TransactionName], of field: String, in record: Record) throws -> Bool {
        guard let row = try interning.knownNameRow(field, in: database) else { return versions.isEmpty }
        let state = try recordStates.record(row: record.row)
        let known = try recordStates.versions(of: field, row: row, in: state).versions
        return try versions.allSatisfy { name in
            try log.locate(name).flatMap { known.version(at: $0.position) } != nil
        }
    }

    /// Whether a person gave a field a value in place of exactly these versions, and it is in the log.
    ///
    /// - Parameter json: canonical JSON.
    public func hasVersion(
        _ json: [UInt8], replacing names: [TransactionName], of field: String, in record: Record
    ) throws -> Bool {
        try recordStates.hasVersion(
            ValueHash(of: json), replacing: names, of: field, in: recordStates.record(row: record.row))
    }
}

extension RecordStates {
    func hasVersion(
        _ value: ValueHash, replacing names: [TransactionName], of field: String, in record: RecordState
    ) throws -> Bool {
        guard let row = try interning.knownNameRow(field, in: database) else { return false }
        let all = try versions(of: field, row: row, in: record).versions
        let keys = Set(
            try names.compactMap { name in
                try log.locate(name).flatMap { all.version(at: $0.position) }?.key
            })
        guard keys.count == names.count else { return false }
        return all.versions.contains { $0.isByHand && $0.value == value && Set($0.replaces) == keys }
    }
}

extension FieldVersions {
    /// The heads once the transaction at a log position had been received.
    fileprivate func heads(asOf end: Int64) -> [Version] {
        if versions.allSatisfy({ $0.firstPosition <= end }) { return heads }
        var then = FieldVersions()
        for version in versions.sorted(by: { $0.firstPosition < $1.firstPosition })
        where version.firstPosition <= end {
            then.insert(version)
        }
        return then.heads
    }
}

extension Version {
    /// Where this log has the first transaction that made it.
    var firstPosition: Int64 { members.map(\.position).min() ?? .max }
}
