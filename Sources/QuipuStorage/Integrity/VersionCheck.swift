internal import QuipuCausality
internal import QuipuSQLite

/// Holds rows of `version` and `twin`, and what else says which transaction made what, against the log. Their values are in
/// the chains; which versions they replace, who made them, and that there is a row for each and no other, is only here.
///
/// Of records that are still as one transaction made them there is nothing of all that.
struct VersionCheck {
    private let archive: OpenArchive
    private(set) var findings = Findings()
    /// Past this many there is no point in more.
    private static let maximumDamaged = 100

    struct Findings: Sendable {
        var damaged: [String] = []
        /// Rows that transactions account for.
        var versions: Int64 = 0
        var twins: Int64 = 0
        /// Where the log has clock notes.
        var notes: [Int64] = []
    }

    /// What the log says at the position that records were looked at last.
    private var base: (position: Int64, body: LogBody)?

    init(_ archive: OpenArchive) { self.archive = archive }

    /// What is behind a transaction in the log it does not name.
    mutating func check(_ body: LogBody, at position: Int64) {
        if body.note != nil { findings.notes.append(position) }
        var named = body.observed
        if let previous = body.previous { named.append(previous) }
        for record in body.records { for field in record.fields { named += field.replaces } }
        for span in body.note?.spans ?? [] { named.append(span.last) }
        if let later = named.first(where: { $0 >= position }) {
            report("the transaction at log position \(position) names what comes after it, at \(later)")
        }
    }

    /// - Parameters:
    ///   - record: one that is not as the transaction made it.
    ///   - entry: what the transaction says of it.
    ///   - changes: the same, by names.
    ///   - values: the hashes of its values, as they stand in the chain.
    mutating func check(
        _ record: RecordState, _ entry: LogBody.Entry, _ changes: RecordChanges,
        values: ArraySlice<ValueHash>,
        by facts: TransactionFacts
    ) throws {
        if record.base > facts.position {
            report("\(record.id.text) is said to begin after its first transaction")
        }
        var needsTwin = false
        for (index, field) in entry.fields.enumerated() {
            let name = changes.fields[index].field
            let value = values[values.startIndex + index]
            if try checkRow(of: field, named: name, value: value, in: record, by: facts) { continue }
            guard try !hasRows(field.name, of: record), field.replaces.isEmpty else {
                report("a version of '\(name)' of \(record.id.text) is not listed")
                continue
            }
            if record.base != facts.position { needsTwin = true }
        }
        guard record.base != facts.position else { return }
        let isTwin = try archive.database.integer(
            "SELECT EXISTS (SELECT 1 FROM twin WHERE record = ? AND position = ?)", .integer(record.row),
            .integer(facts.position))
        if isTwin == 1 {
            findings.twins += 1
            if !record.flags.contains(.hasTwins) {
                report("an import of \(record.id.text) is listed, and the record does not say so")
            }
            if try !facts.isByProgram || !archive.log.facts(at: record.base).isByProgram {
                report("an edit of \(record.id.text) by hand is listed as an import")
            }
        } else if needsTwin {
            report("an import of \(record.id.text) is not listed")
        }
    }

    /// - Returns: false where there is no row.
    private mutating func checkRow(
        of field: LogBody.Field, named name: String, value: ValueHash, in record: RecordState,
        by facts: TransactionFacts
    ) throws -> Bool {
        var rows = try archive.database.rows(
            "SELECT key, flags, replaces FROM version WHERE record = ? AND field = ? AND position = ?",
            .integer(record.row), .integer(field.name), .integer(facts.position))
        guard try rows.next() else { return false }
        findings.versions += 1
        let (key, flags, replaces) = (rows.bytes(0), rows.integer(1), rows.bytes(2))
        var parents: [Version] = []
        for position in field.replaces {
            guard let parent = try parent(at: position, field: field.name, of: record) else {
                report("'\(name)' of \(record.id.text) replaces a version that is not listed")
                return true
            }
            parents.append(parent)
        }
        let version = facts.version(of: name, value: value, replacing: parents, purges: false, in: record)
        let own: VersionFlags = version.isByHand ? .isByHand : version.isMerge ? .isMerge : []
        let made: VersionFlags = [.isByHand, .isMerge]
        let known: VersionFlags = [.isByHand, .isMerge, .isHead, .isVisible]
        let stored = VersionFlags(rawValue: flags)
        if key != version.key.bytes || replaces != version.replaces.flatMap(\.bytes)
            || stored.intersection(made) != own || !known.isSuperset(of: stored)
        {
            report("a version of '\(name)' of \(record.id.text) is not as its transaction made it")
        }
        return true
    }

    /// Of a version that is replaced: its key, and whether it was made by hand.
    private func parent(at position: Int64, field: Int64, of record: RecordState) throws -> Version? {
        var rows = try archive.database.rows(
            "SELECT key, value, flags FROM version WHERE record = ? AND field = ? AND position = ?",
            .integer(record.row), .integer(field), .integer(position))
        guard try rows.next(), let key = VersionKey(bytes: rows.bytes(0)),
            let value = ValueHash(bytes: rows.bytes(1))
        else { return nil }
        let flags = VersionFlags(rawValue: rows.integer(2))
        return Version(
            key: key, value: value, isByHand: flags.contains(.isByHand), isMerge: flags.contains(.isMerge),
            replaces: [], member: try archive.log.facts(at: position).member, isHead: false)
    }

    private func hasRows(_ field: Int64, of record: RecordState) throws -> Bool {
        try archive.database.integer(
            "SELECT EXISTS (SELECT 1 FROM version WHERE record = ? AND field = ?)", .integer(record.row),
            .integer(field)) == 1
    }

    /// What a record's row says of its rows elsewhere, and that the transaction that it begins with gave it what it shows
    /// without any.
    mutating func check(_ record: RecordState) throws {
        if base?.position != record.base {
            // Where there is none, no transaction made the record.
            base = (record.base, (try? archive.log.body(at: record.base)) ?? LogBody())
        }
        guard let made = base?.body.records.first(where: { $0.row == record.row }) else {
            report("\(record.id.text) is not what a transaction made")
            return
        }
        let named = Set(made.fields.map(\.name))
        for member in record.fields.members {
            let row = try archive.interning.knownNameRow(member.name, in: archive.database) ?? 0
            if named.contains(row) { continue }
            if try !hasRows(row, of: record) {
                report("\(record.id.text) shows '\(member.name)', which no transaction gave it")
            }
        }
        for (table, flag) in [("version", RecordState.Flags.hasVersions), ("twin", .hasTwins)] {
            let has = try archive.database.integer(
                table == "version"
                    ? "SELECT EXISTS (SELECT 1 FROM version WHERE record = ?)"
                    : "SELECT EXISTS (SELECT 1 FROM twin WHERE record = ?)", .integer(record.row))
            if (has == 1) != record.flags.contains(flag) {
                report(
                    "\(record.id.text) is wrongly noted as having \(has == 1 ? "no " : "")rows in '\(table)'")
            }
        }
        let known: RecordState.Flags = [.hasVersions, .isDeleted, .isInConflict, .hasTwins]
        if !known.isSuperset(of: record.flags) { report("\(record.id.text) has a state that is not known") }
    }

    /// Which heads are marked, and which of them as shown.
    mutating func check(_ stored: StoredVersions, field: String, in record: RecordState) {
        if stored.isPlain { return }
        let heads = Set(stored.versions.headsFromNothing)
        let visible = stored.versions.visible?.key
        for version in stored.versions.versions {
            for member in version.members {
                let flags = stored.flags[member.position] ?? []
                if flags.contains(.isHead) != heads.contains(version.key)
                    || flags.contains(.isVisible) != (version.key == visible)
                {
                    report("'\(field)' of \(record.id.text) has other heads than its versions imply")
                    return
                }
            }
        }
    }

    /// Takes up what another has found in another part of the log.
    mutating func join(_ other: Findings) {
        findings.versions += other.versions
        findings.twins += other.twins
        findings.notes += other.notes
        for what in other.damaged { report(what) }
    }

    /// After all: rows that no transaction accounts for, and what clock notes take off.
    mutating func finish() throws {
        for (table, expected, found) in [
            ("versions", findings.versions, try archive.database.integer("SELECT count(*) FROM version")),
            ("imports", findings.twins, try archive.database.integer("SELECT count(*) FROM twin")),
        ] where found != expected {
            report("\(found ?? 0) \(table) are listed, and transactions made \(expected)")
        }
        let corrections = try archive.integrity.corrections(by: findings.notes.sorted())
        var held = 0
        var rows = try archive.database.rows(
            """
            SELECT position, correction, corrected_by
            FROM log
            WHERE correction != 0 OR corrected_by IS NOT NULL
            """)
        while try rows.next() {
            let position = rows.integer(0)
            let own = corrections[position]
            if own != nil { held += 1 }
            if own?.offsetMilliseconds != rows.integer(1) || own?.note != rows.optionalInteger(2) {
                report("\(try archive.log.name(at: position)) has another time than the clock notes say")
            }
        }
        if held != corrections.count {
            report("\(corrections.count - held) transactions are not dated as the clock notes say")
        }
    }

    private mutating func report(_ what: String) {
        if findings.damaged.count < Self.maximumDamaged { findings.damaged.append(what) }
    }
}

/// What a clock note takes off the stamp of a transaction.
struct ClockCorrection {
    var offsetMilliseconds: Int64
    /// Where the log has the note.
    var note: Int64
}

extension Integrity {
    /// What notes take off which transactions, by their positions. Of several notes on one the one with the greatest stamp,
    /// as written, and chain hash counts.
    ///
    /// - Parameter notes: where the log has them.
    func corrections(by notes: [Int64]) throws -> [Int64: ClockCorrection] {
        if notes.isEmpty { return [:] }
        let writer = try Writer(archive)
        var found: [Int64: ClockCorrection] = [:]
        var ranks: [Int64: (Stamp, ChainHash)] = [:]
        for position in notes {
            guard let note = try log.body(at: position).note else { continue }
            let rank = try log.noteRank(at: position)
            ranks[position] = rank
            try writer.forEachPosition(coveredBy: note, at: position) { covered in
                if let other = found[covered].flatMap({ ranks[$0.note] }), other >= rank { return }
                found[covered] = ClockCorrection(
                    offsetMilliseconds: note.offsetMilliseconds, note: position)
            }
        }
        return found
    }
}
