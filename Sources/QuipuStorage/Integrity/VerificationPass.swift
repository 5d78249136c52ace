internal import QuipuCBOR
internal import QuipuCausality
internal import QuipuSQLite

/// Recomputes what is kept incrementally, each value read and hashed once: a record that nothing has happened to since
/// it was made is checked with the transaction that made it, all others after the log.
///
/// Several may share the log among them, each over a store of its own, and are then joined.
struct VerificationPass {
    private let archive: OpenArchive
    /// Whether the content digest is wanted.
    private let countsContent: Bool
    private var derived: DerivedCheck
    private var logged: VersionCheck
    private var room = CBORWriter(capacityBytes: 256)
    private var own = Findings()

    struct Findings: Sendable {
        var digest = Digest()
        var contentDigest = Digest()
        /// Heads.
        var checked = 0
        var damaged: [String] = []
        var derived = DerivedCheck.Findings()
        var logged = VersionCheck.Findings()
        /// Records that were checked with their transactions.
        var observed = RowSet()
    }

    init(_ archive: OpenArchive, countsContent: Bool = true) throws {
        self.archive = archive
        self.countsContent = countsContent
        derived = try DerivedCheck(archive)
        logged = VersionCheck(archive)
    }

    /// So far; of what is kept beside versions only after `finish`.
    var findings: Findings {
        var findings = own
        findings.derived = derived.findings
        findings.logged = logged.findings
        return findings
    }

    /// Takes up what was found in another part of the log.
    mutating func join(_ other: Findings) {
        own.digest.add(other.digest.rawValue)
        own.contentDigest.add(other.contentDigest.rawValue)
        own.checked += other.checked
        own.damaged += other.damaged
        own.observed.formUnion(other.observed)
        derived.join(other.derived)
        logged.join(other.logged)
    }

    /// Transactions of a part of the log, and records that are still as these made them.
    mutating func checkLog(
        after position: Int64, through last: Int64, progress: (Int, Double) throws -> Void = { _, _ in }
    ) throws {
        let end = min(last, try archive.position)
        var checked = 0
        var chains = try ChainCheck(archive, after: position)
        try archive.log.walkLog(after: position, through: last, isByHash: true) {
            transaction, place, contents in
            let chain = try chains.check(transaction, values: contents.values)
            logged.check(contents.body, at: place)
            var first = 0
            for (index, changes) in contents.changes.enumerated() {
                let part = contents.values[first..<first + changes.fields.count]
                first = part.endIndex
                guard let chain else { continue }
                let facts = TransactionFacts(
                    position: place, chain: chain, stamp: transaction.stamp,
                    isByProgram: transaction.isByProgram)
                if let record = contents.others[index] {
                    try logged.check(record, contents.body.records[index], changes, values: part, by: facts)
                }
                guard let record = contents.made[index], own.observed.insert(record.row) else { continue }
                try checkPlain(record, madeBy: facts, names: changes.fields.lazy.map(\.field), values: part)
            }
            checked += 1
            try progress(checked, Double(place) / Double(max(1, end)))
            return !chains.isAtLimit
        }
        own.damaged += chains.damaged.map { "transaction \($0) is not what its chain says" }
    }

    /// After the whole log: what it did not check, and what is kept of it all.
    mutating func finish() throws {
        try checkEnds()
        try checkTexts()
        try checkOtherRecords()
        try derived.finish()
        try logged.finish()
        own.damaged += derived.findings.damaged + logged.findings.damaged
        let kept = try archive.digest
        if kept != own.digest {
            own.damaged.append("the digest kept (\(kept)) is not that of the heads (\(own.digest))")
        }
    }

    /// Chains end in the log where the vector says that they do.
    private mutating func checkEnds() throws {
        var rows = try archive.database.rows(
            """
            SELECT origin.id FROM origin
            LEFT JOIN log ON log.origin = origin.row AND log.sequence = origin.sequence
            WHERE log.chain IS NOT origin.chain
                OR EXISTS (SELECT 1 FROM log WHERE origin = origin.row AND sequence > origin.sequence)
            """)
        while try rows.next() {
            own.damaged.append(
                "the log of \(Hexadecimal.text(rows.bytes(0))) does not end as the vector says")
        }
    }

    /// Texts that stand by themselves; those that records show are held against their heads.
    private mutating func checkTexts() throws {
        var count = 0
        var unreadable = 0
        try archive.integrity.forEachHiddenText { finding in
            switch finding.state {
            case .sound: break
            case .wrong: count += 1
            case .unreadable: unreadable += 1
            }
        }
        if count > 0 { own.damaged.append("old texts that are not what their hashes say: \(count)") }
        if unreadable > 0 {
            own.damaged.append("old texts that cannot be made from what they are kept as: \(unreadable)")
        }
    }

    /// By an index, so that the records that are seen need not be read again.
    private mutating func checkOtherRecords() throws {
        var others = try archive.database.rows(
            "SELECT row FROM record INDEXED BY record_by_kind WHERE kind > ?", .integer(Int64.min))
        while try others.next() {
            let row = others.integer(0)
            if own.observed.contains(row) { continue }
            let record = try archive.recordStates.record(row: row)
            try logged.check(record)
            if record.isPlain {
                let members = record.fields.members
                try checkPlain(
                    record, madeBy: archive.log.facts(at: record.base), names: members.lazy.map(\.name),
                    values: members.map { ValueHash(of: $0.json) }[...])
            } else {
                try derived.check(record)
                try checkVersions(of: record)
            }
        }
    }

    /// Each field's one version is that of the record's base.
    /// - Parameter values: the hashes of the fields' values.
    private mutating func checkPlain(
        _ record: RecordState, madeBy base: TransactionFacts, names: some Sequence<String>,
        values: ArraySlice<ValueHash>
    ) throws {
        try derived.check(record)
        for (name, value) in zip(names, values) {
            let key = base.key(of: name, in: record, value: value, &room)
            own.checked += 1
            own.digest.add(
                Digest.term(
                    record: record.id, kind: record.kind, field: name, key: key, value: value, in: &room))
            if value == JSONLiteral.trueHash, SetElement.isElement(name) {
                try derived.noteElement(name, of: record.row)
            }
            guard countsContent else { continue }
            own.contentDigest.add(
                Digest.contentTerm(record: record.id, kind: record.kind, field: name, value: value))
        }
    }

    private mutating func checkVersions(of record: RecordState) throws {
        for member in record.fields.members
        where SetElement.isElement(member.name) && member.json == JSONLiteral.true {
            try derived.noteElement(member.name, of: record.row)
        }
        for fieldRow in try archive.recordStates.fieldRows(of: record) {
            let field = try archive.interning.name(fieldRow, in: archive.database)
            let stored = try archive.recordStates.versions(of: field, row: fieldRow, in: record)
            let versions = stored.versions
            try derived.check(record, field: field, row: fieldRow, versions)
            logged.check(stored, field: field, in: record)
            for head in versions.heads {
                own.checked += 1
                own.digest.add(
                    Digest.term(
                        record: record.id, kind: record.kind, field: field, key: head.key, value: head.value))
                let isShown = head.value == versions.visible?.value && record.fields[field] != nil
                if try !isShown && archive.texts.isCompressed(head.value) {
                    own.damaged.append("a head of '\(field)' of \(record.id.text) is kept compressed")
                    continue
                }
                let text = try archive.recordStates.text(
                    of: head, visible: versions.visible, field: field, in: record)
                if let text, ValueHash(of: text) != head.value {
                    own.damaged.append("'\(field)' of \(record.id.text) has not the text that its hash says")
                }
            }
            if let visible = versions.visible, !record.flags.contains(.isDeleted), field != "deleted" {
                own.contentDigest.add(
                    Digest.contentTerm(
                        record: record.id, kind: record.kind, field: field, value: visible.value))
            }
        }
    }
}

extension RecordState {
    /// Every field was written once, by the record's base, and nothing has happened to the record since.
    fileprivate var isPlain: Bool { flags.isEmpty && fields["deleted"] == nil }
}

/// Rows of a table, a bit each. Rows count up from 1; those far beyond what so many rows need are not taken up, so that a
/// file that was made to do harm costs no memory.
struct RowSet {
    /// What may be missing before the first row of a set, and between one and the next.
    private static let (firstGap, gap): (Int64, Int64) = (1 << 19, 64)

    private var words: [UInt64] = []
    private var count: Int64 = 0

    /// False where the row is in the set already, or cannot be taken up.
    mutating func insert(_ row: Int64) -> Bool {
        guard row >= 0, row < Self.firstGap + Self.gap * count else { return false }
        let (word, bit) = Self.place(of: row)
        if word >= words.count { extend(to: max(word + 1, 2 * words.count)) }
        if words[word] & bit != 0 { return false }
        words[word] |= bit
        count += 1
        return true
    }

    func contains(_ row: Int64) -> Bool {
        guard row >= 0 else { return false }
        let (word, bit) = Self.place(of: row)
        return word < words.count && words[word] & bit != 0
    }

    /// - Precondition: none is in both.
    mutating func formUnion(_ other: RowSet) {
        count += other.count
        extend(to: other.words.count)
        for (index, word) in other.words.enumerated() { words[index] |= word }
    }

    private mutating func extend(to count: Int) {
        words.append(contentsOf: repeatElement(0, count: max(0, count - words.count)))
    }

    private static func place(of row: Int64) -> (word: Int, bit: UInt64) {
        (Int(row / 64), 1 << UInt64(row % 64))
    }
}
