internal import QuipuCausality
internal import QuipuSQLite

/// Holds what is kept beside the versions (state, conflicts, missing texts, what hangs where) against them. None of it
/// is in the digest, and a row that is not there would be missed by nobody: a conflict never listed, a text never
/// asked for.
struct DerivedCheck {
    private let archive: OpenArchive
    private(set) var findings = Findings()
    /// Past this many there is no point in more.
    private static let maximumDamaged = 100

    struct Findings: Sendable {
        var damaged: [String] = []
        var conflicts: Int64 = 0
        var missing: Int64 = 0
        var dependents: Int64 = 0
        var merged: Int64 = 0
        /// How many records have elements of sets, each counted once for each, and which these are.
        var elements: Int64 = 0
        var elementSum: UInt64 = 0

        mutating func addElement(_ name: Int64, _ record: Int64) {
            elements += 1
            var mixed = UInt64(bitPattern: name) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(bitPattern: record)
            mixed = (mixed ^ mixed >> 32) &* 0xd6e8_feb8_6659_fd93
            elementSum &+= mixed ^ mixed >> 32
        }
    }

    /// Rows of records with rows in `conflict`.
    private var contested: Set<Int64> = []

    init(_ archive: OpenArchive) throws {
        self.archive = archive
        var rows = try archive.database.rows("SELECT DISTINCT record FROM conflict")
        while try rows.next() { contested.insert(rows.integer(0)) }
    }

    mutating func check(_ record: RecordState, field: String, row: Int64, _ versions: FieldVersions) throws {
        if versions.isInConflict(as: field), !AnchorState.isNote(field, of: record.kind) {
            try expectConflict(record, field: row, named: field)
        }
        if let visible = versions.visible, record.fields[field] == nil,
            try archive.texts.holdsHidden(visible.value)
        {
            report("'\(field)' of \(record.id.text) is not shown, though its text is here")
        }
        var lacking: Set<ValueHash> = []
        for head in versions.heads
        where try !archive.recordStates.holdsText(
            of: head.value, visible: versions.visible, field: field, in: record)
        {
            lacking.insert(head.value)
        }
        findings.missing += Int64(lacking.count)
        for hash in lacking {
            let isNoted = try archive.database.integer(
                "SELECT EXISTS (SELECT 1 FROM missing WHERE hash = ? AND record = ? AND field = ?)",
                .blob(hash.bytes), .integer(record.row), .integer(row))
            if isNoted != 1 {
                report("'\(field)' of \(record.id.text) lacks a text, and it is not requested")
            }
        }
    }

    /// That the index has the handle too is SQLite's to check.
    mutating func check(_ record: RecordState) throws {
        let isDeleted = record.fields["deleted"] == JSONLiteral.true
        if isDeleted != record.flags.contains(.isDeleted) {
            report("\(record.id.text) is noted as \(isDeleted ? "not " : "")deleted")
        }
        if isDeleted, try !archive.recordStates.unobservedHeads(of: record).isEmpty {
            try expectConflict(record, field: 0, named: "deleted")
        }
        if record.id.handle != record.storedHandle { report("\(record.id.text) is not found by its id") }
        let isOpen = contested.contains(record.row)
        if isOpen != record.flags.contains(.isInConflict) {
            report("\(record.id.text) is wrongly noted as \(isOpen ? "un" : "")contested")
        }
        try checkMerge(of: record)
        guard let target = record.fields["target"].flatMap(RecordID.init(canonicalText:)) else { return }
        findings.dependents += 1
        let isNoted = try archive.database.integer(
            "SELECT EXISTS (SELECT 1 FROM hanging WHERE target = ? AND record = ?)", .blob(target.bytes),
            .integer(record.row))
        if isNoted != 1 { report("\(record.id.text) is not listed with what it hangs on") }
    }

    private mutating func checkMerge(of record: RecordState) throws {
        guard MergedInto.isPossible(for: record.kind),
            let target = record.fields[MergedInto.field].flatMap(RecordID.init(canonicalText:))
        else { return }
        findings.merged += 1
        let isNoted = try archive.database.integer(
            "SELECT EXISTS (SELECT 1 FROM merged WHERE record = ? AND handle = ? AND target = ?)",
            .integer(record.row), .integer(target.handle), .blob(target.bytes))
        if isNoted != 1 { report("\(record.id.text) is not listed as merged into what it says") }
    }

    /// An element of a set that a record shows.
    mutating func noteElement(_ field: String, of record: Int64) throws {
        findings.addElement(try archive.interning.knownNameRow(field, in: archive.database) ?? 0, record)
    }

    /// Takes up what another has found of other records.
    mutating func join(_ other: Findings) {
        findings.elements += other.elements
        findings.elementSum &+= other.elementSum
        findings.conflicts += other.conflicts
        findings.missing += other.missing
        findings.dependents += other.dependents
        findings.merged += other.merged
        for what in other.damaged { report(what) }
    }

    /// After all records: rows that should not be there.
    mutating func finish() throws {
        for (name, expected, found) in [
            ("conflicts", findings.conflicts, try archive.database.integer("SELECT count(*) FROM conflict")),
            ("missing texts", findings.missing, try archive.database.integer("SELECT count(*) FROM missing")),
            (
                "hanging records", findings.dependents,
                try archive.database.integer("SELECT count(*) FROM hanging")
            ),
            ("merged records", findings.merged, try archive.database.integer("SELECT count(*) FROM merged")),
        ] where found != expected {
            report("\(found ?? 0) \(name) are listed instead of \(expected)")
        }
        var listed = Findings()
        var rows = try archive.database.rows("SELECT name, record FROM element")
        while try rows.next() { listed.addElement(rows.integer(0), rows.integer(1)) }
        if listed.elements != findings.elements {
            report("\(listed.elements) elements of sets are listed instead of \(findings.elements)")
        } else if listed.elementSum != findings.elementSum {
            report("elements of sets are listed with records that do not have them")
        }
    }

    private mutating func expectConflict(_ record: RecordState, field: Int64, named name: String) throws {
        findings.conflicts += 1
        let isNoted = try archive.database.integer(
            "SELECT EXISTS (SELECT 1 FROM conflict WHERE record = ? AND field = ?)", .integer(record.row),
            .integer(field))
        if isNoted != 1 { report("the conflict over '\(name)' of \(record.id.text) is not listed") }
    }

    private mutating func report(_ what: String) {
        if findings.damaged.count < Self.maximumDamaged { findings.damaged.append(what) }
    }
}
