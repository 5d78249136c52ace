public import Causality
internal import SQLite

/// What a check of the whole archive found.
public struct VerificationReport: Sendable {
    public var digest: Digest
    /// The digest of what is seen, versions left out: what a lossless export and import preserve.
    public var contentDigest: Digest
    /// Heads that were checked.
    public var checked = 0
    /// What is wrong, in words; empty when all is well.
    public var damaged: [String] = []
}

extension Store {
    /// Recomputes everything that is kept incrementally: chains, vector, digest, hashes of texts, conflicts, missing
    /// texts and what hangs where; and has SQLite check its file.
    public func verify() throws -> VerificationReport {
        try reading {
            var report = VerificationReport(digest: Digest(), contentDigest: Digest())
            try checkFile(&report)
            try checkChains(&report)
            try checkTexts(&report)
            try checkHeads(&report)
            try checkDigest(report: &report)
            return report
        }
    }

    func checkDigest(report: inout VerificationReport) throws {
        let kept = try digest
        if kept != report.digest {
            report.damaged.append("the digest kept (\(kept)) is not that of the heads (\(report.digest))")
        }
    }

    func checkFile(_ report: inout VerificationReport) throws {
        var rows = try database.rows("PRAGMA integrity_check(10)")
        while try rows.next() {
            let text = rows.text(0)
            if text != "ok" { report.damaged.append("SQLite: \(text)") }
        }
    }

    func checkChains(_ report: inout VerificationReport) throws {
        let chains = try chains()
        report.damaged += chains.damaged.map { "transaction \($0) is not what its chain says" }
        for entry in try vector().entries where chains.ends[entry.origin]?.chain != entry.chain {
            report.damaged.append(
                "the log of \(entry.origin.hexadecimal) does not end as the vector says")
        }
    }

    /// Holds every transaction against its chain, by the hashes of its values.
    /// - Returns: where chains end, and the transactions that are not what theirs say, at most 100.
    func chains() throws -> (ends: [Origin: Vector.Entry], damaged: [TransactionName]) {
        var ends: [Origin: Vector.Entry] = [:]
        var damaged: [TransactionName] = []
        let starts = Set(try branchStarts)
        try forEachTransaction(after: 0, isByHash: true) { transaction, _, _ in
            let name = transaction.name
            let before =
                try ends[name.origin]?.chain ?? transaction.previous.flatMap { try entry(of: $0)?.chain }
            let chain = try ChainHash(of: transaction, after: before) { (name) throws(any Error) in
                guard let held = try locate(name) else {
                    throw StorageError.damaged(database.path, "transaction \(name) is missing")
                }
                return held.chain
            }
            let isStart = starts.contains(chain)
            let held = try entry(of: name)
            if held?.chain != chain || name.sequence != (ends[name.origin]?.sequence ?? 0) + 1
                || isStart != (transaction.previous != nil || transaction.root != nil)
                || isStart && name.origin != Origin(branchStart: chain)
            {
                damaged.append(name)
            }
            // What follows is held against what is kept: one that is damaged does not take the rest with it.
            ends[name.origin] = held
            return damaged.count < 100
        }
        return (ends, damaged)
    }

    /// Texts that stand by themselves; those that records show are held against their heads.
    func checkTexts(_ report: inout VerificationReport) throws {
        var damaged = 0
        var rows = try database.rows("SELECT hash, json FROM text")
        while try rows.next() {
            if ValueHash(of: rows.bytes(1)).bytes != rows.bytes(0) { damaged += 1 }
        }
        if damaged > 0 { report.damaged.append("\(damaged) old texts are not what their hashes say") }
    }

    /// - Parameter countsContent: whether the content digest is wanted.
    func checkHeads(_ report: inout VerificationReport, countsContent: Bool = true) throws {
        var room = CBORWriter(capacityBytes: 256)
        var derived = try DerivedCheck(self)
        // A bulk transaction made many records, and those lie side by side.
        var base: TransactionFacts?
        var last: Int64 = 0
        while true {
            var count = 0
            var rows = try database.rows(
                """
                SELECT row, id, kind, base, state, fields, handle FROM record WHERE row > ? ORDER BY row
                LIMIT 1024
                """, .integer(last))
            while try rows.next() {
                count += 1
                last = rows.integer(0)
                guard let id = RecordID(bytes: rows.bytes(1)),
                    let fields = rows.withBytes(5, { VisibleFields(parsing: $0) })
                else { throw StorageError.damaged(database.path, "record \(last) is not readable") }
                let record = RecordState(
                    row: last, id: id, kind: try interning.name(rows.integer(2), in: database),
                    base: rows.integer(3), flags: .init(rawValue: rows.integer(4)), fields: fields)
                try derived.check(record, handle: rows.integer(6))
                if record.isPlain {
                    let facts = try base?.position == record.base ? base : facts(at: record.base)
                    base = facts
                    if let facts {
                        checkPlain(record, madeBy: facts, countsContent: countsContent, &room, &report)
                    }
                } else {
                    try checkVersions(of: record, &derived, &report)
                }
            }
            if count == 0 { break }
        }
        try derived.finish()
        report.damaged += derived.damaged
    }

    /// Each field's one version is that of the record's base.
    private func checkPlain(
        _ record: RecordState, madeBy base: TransactionFacts, countsContent: Bool, _ room: inout CBORWriter,
        _ report: inout VerificationReport
    ) {
        for member in record.fields.members {
            let value = ValueHash(of: member.json)
            let key = base.key(of: member.name, in: record, value: value, &room)
            report.checked += 1
            report.digest.add(
                Digest.term(
                    record: record.id, kind: record.kind, field: member.name, key: key, value: value,
                    in: &room))
            guard countsContent else { continue }
            report.contentDigest.add(
                Digest.contentTerm(record: record.id, kind: record.kind, field: member.name, value: value))
        }
    }

    private func checkVersions(
        of record: RecordState, _ derived: inout DerivedCheck, _ report: inout VerificationReport
    ) throws {
        for fieldRow in try fieldRows(of: record) {
            let field = try interning.name(fieldRow, in: database)
            let versions = try versions(of: field, row: fieldRow, in: record).versions
            try derived.check(record, field: field, row: fieldRow, versions)
            if versions.recomputedHeads() != Set(versions.heads.map(\.key)) {
                report.damaged.append(
                    "'\(field)' of \(record.id.text) has other heads than its versions imply")
            }
            for head in versions.heads {
                report.checked += 1
                report.digest.add(
                    Digest.term(
                        record: record.id, kind: record.kind, field: field, key: head.key,
                        value: head.value))
                let text = try text(of: head, visible: versions.visible, field: field, in: record)
                if let text, ValueHash(of: text) != head.value {
                    report.damaged.append(
                        "'\(field)' of \(record.id.text) has not the text that its hash says")
                }
            }
            if let visible = versions.visible, !record.flags.contains(.isDeleted), field != "deleted" {
                report.contentDigest.add(
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
