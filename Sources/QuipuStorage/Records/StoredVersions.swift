internal import QuipuCBOR
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite

extension RecordStates {
    /// The heads of a field; none when it was never given a value.
    func heads(of field: String, in record: RecordState) throws -> [Version] {
        guard let row = try interning.knownNameRow(field, in: database) else { return [] }
        return try versions(of: field, row: row, in: record).versions.heads
    }
}

/// Bits of `version.flags`.
struct VersionFlags: OptionSet {
    let rawValue: Int64
    static let isByHand = VersionFlags(rawValue: 1)
    static let isMerge = VersionFlags(rawValue: 2)
    static let isHead = VersionFlags(rawValue: 4)
    static let isVisible = VersionFlags(rawValue: 8)
}

/// The versions of a field, and which of their rows stand in the table with which flags.
struct StoredVersions {
    var versions: FieldVersions
    var flags: [Int64: VersionFlags]
    /// Of those made by hand that have rows: by the row of their origin the sequence and the log position of each,
    /// ascending.
    var byHand: [Int64: [(sequence: Int64, position: Int64)]] = [:]

    /// The field costs no rows: its one version is the record's base.
    var isPlain: Bool { flags.isEmpty && !versions.versions.isEmpty }
}

extension RecordStates {
    /// All versions of a field; none when it was never given a value.
    func versions(of field: String, row fieldRow: Int64, in record: RecordState) throws -> StoredVersions {
        if record.flags.contains(.hasVersions) {
            let stored = try storedVersions(of: field, row: fieldRow, in: record)
            if !stored.flags.isEmpty { return stored }
        }
        guard let json = record.fields[field] else { return StoredVersions(versions: .init(), flags: [:]) }
        let value = ValueHash(of: json)
        let base = try log.facts(at: record.base)
        let key = base.key(of: field, in: record, value: value)
        let isPurge = try isPurge(value, of: field, in: record, by: base)
        func version(_ facts: TransactionFacts) -> Version {
            Version(
                key: key, value: value, isByHand: !base.isByProgram, isMerge: false, isPurge: isPurge,
                replaces: [], member: facts.member, isHead: true)
        }
        var all = [version(base)]
        if record.flags.contains(.hasTwins) {
            for twin in try twins(of: record.row) where try names(field: fieldRow, of: record.row, at: twin) {
                all.append(version(try log.facts(at: twin)))
            }
        }
        return StoredVersions(versions: FieldVersions(stored: all), flags: [:])
    }

    /// Whether the version that a transaction made of a field is a purge.
    private func isPurge(
        _ value: ValueHash, of field: String, in record: RecordState, by facts: TransactionFacts
    ) throws -> Bool {
        // Few edits give no value, so that the rest is asked for seldom.
        guard !facts.isByProgram, Purge.isPurge(value, of: field, purges: true) else { return false }
        return Purge.isPurge(
            deleted: try deletedValue(of: record, at: facts.position), isByHand: !facts.isByProgram)
    }

    /// What the transaction at a position gave the field `deleted` of a record; nil where it gave it nothing.
    private func deletedValue(of record: RecordState, at position: Int64) throws -> ValueHash? {
        guard let row = try interning.knownNameRow("deleted", in: database) else { return nil }
        let isStored = try database.integer(
            "SELECT EXISTS (SELECT 1 FROM version WHERE record = ? AND field = ?)", .integer(record.row),
            .integer(row))
        if isStored != 1 {
            return position == record.base ? record.fields["deleted"].map { ValueHash(of: $0) } : nil
        }
        return try database.bytes(
            "SELECT value FROM version WHERE record = ? AND field = ? AND position = ?",
            .integer(record.row), .integer(row), .integer(position)
        ).flatMap { ValueHash(bytes: $0) }
    }

    private func storedVersions(of name: String, row field: Int64, in state: RecordState) throws
        -> StoredVersions
    {
        let record = state.row
        var found: [Version] = []
        var flagsByPosition: [Int64: VersionFlags] = [:]
        var byHand: [Int64: [(sequence: Int64, position: Int64)]] = [:]
        var rows = try database.rows(
            """
            SELECT version.position, version.key, version.value, version.flags, version.replaces,
                log.chain, log.stamp, log.correction, log.origin, log.sequence
            FROM version JOIN log ON log.position = version.position
            WHERE version.record = ? AND version.field = ?
            ORDER BY version.position
            """, .integer(record), .integer(field))
        while try rows.next() {
            let replaced = rows.bytes(4)
            guard let key = VersionKey(bytes: rows.bytes(1)), let value = ValueHash(bytes: rows.bytes(2)),
                let chain = ChainHash(bytes: rows.bytes(5)), replaced.count.isMultiple(of: VersionKey.size)
            else {
                throw StorageError.damaged(database.path, "a version of record \(record) is not readable")
            }
            let position = rows.integer(0)
            let flags = VersionFlags(rawValue: rows.integer(3))
            let stamp = Stamp(rawValue: UInt64(clamping: rows.integer(6)))
            flagsByPosition[position] = flags
            let member = Version.Member(
                position: position, chain: chain, stamp: stamp.corrected(offsetMilliseconds: rows.integer(7)))
            let facts = TransactionFacts(
                position: position, chain: chain, stamp: member.stamp,
                isByProgram: !flags.contains(.isByHand))
            if flags.contains(.isByHand) {
                byHand[rows.integer(8), default: []].append((rows.integer(9), position))
            }
            found.append(
                Version(
                    key: key, value: value, isByHand: flags.contains(.isByHand),
                    isMerge: flags.contains(.isMerge),
                    isPurge: try isPurge(value, of: name, in: state, by: facts),
                    replaces: stride(from: 0, to: replaced.count, by: VersionKey.size).compactMap {
                        VersionKey(bytes: replaced[$0..<$0 + VersionKey.size])
                    },
                    member: member,
                    isHead: flags.contains(.isHead)))
        }
        return StoredVersions(versions: FieldVersions(stored: found), flags: flagsByPosition, byHand: byHand)
    }

    func twins(of record: Int64) throws -> [Int64] {
        var found: [Int64] = []
        var rows = try database.rows(
            "SELECT position FROM twin WHERE record = ? ORDER BY position", .integer(record))
        while try rows.next() { found.append(rows.integer(0)) }
        return found
    }

    /// Whether the transaction at a position changed a field of a record.
    private func names(field: Int64, of record: Int64, at position: Int64) throws -> Bool {
        try archive.changedFields.at(position, from: log.body)[record]?.contains(field) ?? false
    }

    /// The position of the version of a record's fields that came last, of one that has twins and no rows in `version`.
    /// - Parameter facts: of transactions that were asked for before, in the same view of the archive.
    func latestPosition(ofPlain state: RecordState, _ facts: inout [Int64: TransactionFacts]) throws -> Int64
    {
        func member(_ position: Int64) throws -> Version.Member {
            if let known = facts[position] { return known.member }
            let found = try log.facts(at: position)
            facts[position] = found
            return found.member
        }
        let base = try member(state.base)
        // Only who comes before another stands for both.
        let twins = try twins(of: state.row).compactMap {
            position -> (member: Version.Member, fields: [Int64])? in
            let member = try member(position)
            guard (member.stamp, member.chain) < (base.stamp, base.chain) else { return nil }
            return (member, try archive.changedFields.at(position, from: log.body)[state.row] ?? [])
        }
        if twins.isEmpty { return state.base }
        var latest: Version.Member?
        for field in state.fields.members {
            let row = try interning.knownNameRow(field.name, in: database) ?? 0
            var representative = base
            for twin in twins
            where twin.fields.contains(row)
                && (twin.member.stamp, twin.member.chain) < (representative.stamp, representative.chain)
            {
                representative = twin.member
            }
            if let known = latest, (representative.stamp, representative.chain) < (known.stamp, known.chain) {
                continue
            }
            latest = representative
        }
        return latest?.position ?? state.base
    }

    /// The text of a version of a field; nil when it is not held.
    func text(of version: Version, visible: Version?, field: String, in record: RecordState) throws
        -> [UInt8]?
    {
        try text(of: version.value, visible: visible, field: field, in: record)
    }

    func text(of value: ValueHash, visible: Version?, field: String, in record: RecordState) throws
        -> [UInt8]?
    {
        if value == visible?.value, let json = record.fields[field] { return json }
        return try texts.hidden(value)
    }

    /// Whether the text of a value of a field is held, readable or not.
    func holdsText(
        of value: ValueHash, visible: Version?, field: String, in record: RecordState
    ) throws -> Bool {
        if value == visible?.value, record.fields[field] != nil { return true }
        return try texts.holdsHidden(value)
    }
}

extension TransactionFacts {
    /// Of the version that this transaction gave a field that had none.
    func key(of field: String, in record: RecordState, value: ValueHash) -> VersionKey {
        var room = CBORWriter(capacityBytes: 128)
        return key(of: field, in: record, value: value, &room)
    }

    /// Likewise, with room that is used again and again.
    func key(
        of field: String, in record: RecordState, value: ValueHash, _ room: inout CBORWriter
    ) -> VersionKey {
        isByProgram
            ? VersionKey(
                byProgram: value, record: record.id, kind: record.kind, field: field, replaces: [], in: &room)
            : VersionKey(byHand: chain, record: record.id, kind: record.kind, field: field, in: &room)
    }
}

/// Where a transaction stands in its chain.
struct ChainPlace {
    /// The row of its origin.
    var origin: Int64
    var sequence: Int64
}

extension StoredVersions {
    /// Remembers that a transaction gave the field a version by hand.
    mutating func note(_ place: ChainPlace, wrote position: Int64) {
        byHand[place.origin, default: []].append((place.sequence, position))
    }

    /// Where the last of the transactions of an origin before a sequence stands that gave the field a version by hand.
    func lastByHand(before place: ChainPlace) -> Int64? {
        byHand[place.origin]?.last { $0.sequence < place.sequence }?.position
    }
}
