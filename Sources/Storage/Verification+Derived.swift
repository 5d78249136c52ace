internal import Causality
internal import SQLite

/// Holds what is kept beside the versions (state, conflicts, missing texts, what hangs where) against them. None of it
/// is in the digest, and a row that is not there would be missed by nobody: a conflict never listed, a text never
/// asked for.
struct DerivedCheck {
    private let store: Store
    private(set) var findings = Findings()
    /// Past this many there is no point in more.
    private static let maximumDamaged = 100

    struct Findings: Sendable {
        var damaged: [String] = []
        var conflicts: Int64 = 0
        var missing: Int64 = 0
        var hanging: Int64 = 0
    }

    /// Rows of records with rows in `conflict`.
    private var contested: Set<Int64> = []

    init(_ store: Store) throws {
        self.store = store
        var rows = try store.database.rows("SELECT DISTINCT record FROM conflict")
        while try rows.next() { contested.insert(rows.integer(0)) }
    }

    mutating func check(_ record: RecordState, field: String, row: Int64, _ versions: FieldVersions) throws {
        if versions.isInConflict(as: field) { try expectConflict(record, field: row, named: field) }
        if let visible = versions.visible, record.fields[field] == nil,
            try store.hiddenText(visible.value) != nil
        {
            report("'\(field)' of \(record.id.text) is not shown, though its text is here")
        }
        var lacking: Set<ValueHash> = []
        for head in versions.heads
        where try store.text(of: head, visible: versions.visible, field: field, in: record) == nil {
            lacking.insert(head.value)
        }
        findings.missing += Int64(lacking.count)
        for hash in lacking {
            let isNoted = try store.database.integer(
                "SELECT EXISTS (SELECT 1 FROM missing WHERE hash = ? AND record = ? AND field = ?)",
                .blob(hash.bytes), .integer(record.row), .integer(row))
            if isNoted != 1 { report("'\(field)' of \(record.id.text) lacks a text, and nobody asks for it") }
        }
    }

    /// That the index has the handle too is SQLite's to check.
    mutating func check(_ record: RecordState) throws {
        let isDeleted = record.fields["deleted"] == Array("true".utf8)
        if isDeleted != record.flags.contains(.isDeleted) {
            report("\(record.id.text) is noted as \(isDeleted ? "not " : "")deleted")
        }
        if isDeleted, try !store.unseenHeads(of: record).isEmpty {
            try expectConflict(record, field: 0, named: "deleted")
        }
        if record.id.handle != record.storedHandle { report("\(record.id.text) is not found by its id") }
        let isOpen = contested.contains(record.row)
        if isOpen != record.flags.contains(.isInConflict) {
            report("\(record.id.text) is wrongly noted as \(isOpen ? "un" : "")contested")
        }
        guard let target = record.fields["target"].flatMap(RecordID.init(canonicalText:)) else { return }
        findings.hanging += 1
        let isNoted = try store.database.integer(
            "SELECT EXISTS (SELECT 1 FROM hanging WHERE target = ? AND record = ?)", .blob(target.bytes),
            .integer(record.row))
        if isNoted != 1 { report("\(record.id.text) is not listed with what it hangs on") }
    }

    /// Takes up what another has found of other records.
    mutating func join(_ other: Findings) {
        findings.conflicts += other.conflicts
        findings.missing += other.missing
        findings.hanging += other.hanging
        for what in other.damaged { report(what) }
    }

    /// After all records: rows that should not be there.
    mutating func finish() throws {
        for (name, expected, found) in [
            ("conflicts", findings.conflicts, try store.database.integer("SELECT count(*) FROM conflict")),
            ("missing texts", findings.missing, try store.database.integer("SELECT count(*) FROM missing")),
            ("hanging records", findings.hanging, try store.database.integer("SELECT count(*) FROM hanging")),
        ] where found != expected {
            report("\(found ?? 0) \(name) are listed instead of \(expected)")
        }
    }

    private mutating func expectConflict(_ record: RecordState, field: Int64, named name: String) throws {
        findings.conflicts += 1
        let isNoted = try store.database.integer(
            "SELECT EXISTS (SELECT 1 FROM conflict WHERE record = ? AND field = ?)", .integer(record.row),
            .integer(field))
        if isNoted != 1 { report("the conflict over '\(name)' of \(record.id.text) is not listed") }
    }

    private mutating func report(_ what: String) {
        if findings.damaged.count < Self.maximumDamaged { findings.damaged.append(what) }
    }
}
