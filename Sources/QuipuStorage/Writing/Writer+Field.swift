internal import QuipuCausality
internal import QuipuSQLite

extension Writer {
    /// Adds one version to a field that is not, or no longer, plain.
    /// - Parameters:
    ///   - replaced: the log positions of the transactions whose versions it replaces.
    ///   - purges: whether the transaction purges the record.
    func add(
        _ change: FieldChange, value: ValueHash, row fieldRow: Int64, replaced: [Int64], purges: Bool,
        by facts: TransactionFacts, to record: inout RecordState
    ) throws {
        var stored = try takeVersions(of: change.field, row: fieldRow, in: record)
        let before = stored.versions.visible
        var parents: [Version] = []
        for position in replaced {
            guard let parent = stored.versions.version(at: position) else {
                throw InvalidTransaction(
                    name: nil, reason: "it replaces a version of '\(change.field)' that does not exist")
            }
            parents.append(parent)
        }
        if !facts.isByProgram, try unreplacedOwnVersion(in: stored, of: record, over: parents) != nil {
            throw InvalidTransaction(
                name: nil,
                reason: "it does not replace what its own chain gave '\(change.field)' before")
        }
        let version = version(
            of: change.field, value: value, replacing: parents, purges: purges, in: record, by: facts)
        if version.isPurge { try prepareToForget(change.field, row: fieldRow, stored.versions, of: record) }

        if stored.versions.isPurged, let text = change.value.text {
            try keepKeys(of: text, in: change.field, of: record)
        }
        let headChange = stored.versions.insert(version)
        for key in headChange.gained {
            if let head = stored.versions[key] { digest.add(term(of: head, change.field, record)) }
        }
        for key in headChange.lost {
            if let head = stored.versions[key] { digest.remove(term(of: head, change.field, record)) }
        }
        if !facts.isByProgram { stored.note(chainUnderWay, wrote: facts.position) }
        try settle(
            &stored, before: before, touched: [version.key] + headChange.lost,
            incoming: change.value.text.map { (value, $0) }, field: change.field, row: fieldRow,
            record: &record)
        keepVersions(stored, row: fieldRow, of: record)
    }

    /// The version that a transaction makes of a field.
    /// - Parameters:
    ///   - parents: the versions it replaces.
    ///   - purges: whether the transaction purges the record.
    func version(
        of field: String, value: ValueHash, replacing parents: [Version], purges: Bool,
        in record: RecordState, by facts: TransactionFacts
    ) -> Version {
        facts.version(of: field, value: value, replacing: parents, purges: purges, in: record)
    }

    func term(of head: Version, _ field: String, _ record: RecordState) -> UInt128 {
        Digest.term(record: record.id, kind: record.kind, field: field, key: head.key, value: head.value)
    }

    /// Brings rows, texts, missing texts and the conflict list in line with a field's versions.
    /// - Parameters:
    ///   - before: the version that was shown.
    ///   - touched: the version that came or gained a twin, then those that are heads no longer; nil where it may be any.
    func settle(
        _ stored: inout StoredVersions, before: Version?, touched: [VersionKey]? = nil,
        incoming: (hash: ValueHash, text: [UInt8])?, field: String, row fieldRow: Int64,
        record: inout RecordState
    ) throws {
        let visible = stored.versions.visible
        let shown = record.fields[field]

        // Texts: the visible one stands in the record, every other one in `text`.
        var atHand: [ValueHash: [UInt8]] = [:]
        if let before, let shown { atHand[before.value] = shown }
        if let incoming { atHand[incoming.hash] = incoming.text }
        if let visible {
            if let text = atHand.removeValue(forKey: visible.value) {
                record.fields[field] = text
            } else {
                record.fields[field] = try archive.texts.hidden(visible.value)
            }
        }
        try noteElement(field, row: fieldRow, before: shown, now: record.fields[field], of: record.row)
        let forgotten = stored.versions.forgottenValues
        for (hash, text) in atHand.sorted(by: { $0.key < $1.key }) where !forgotten.contains(hash) {
            try keep(text, of: hash)
        }
        if touched != nil || incoming != nil {
            noteSuccessor(
                touched?.first, in: stored.versions, incoming: incoming, shown: record.fields[field])
        }

        let touched = stored.flags.isEmpty ? nil : touched
        let looked = touched.map { keys in
            Set(keys + [before?.key, visible?.key].compactMap(\.self)).sorted().compactMap {
                stored.versions[$0]
            }
        }
        // By value: of two heads with one value the other may have been shown until now.
        for version in looked ?? stored.versions.heads
        where version.value != visible?.value && stored.versions.hasHead(of: version.value) {
            try expand(version.value)
        }
        try writeRows(&stored, of: looked, visible: visible, row: fieldRow, record: record.row)
        record.flags.insert(.hasVersions)
        valuesToForget.formUnion(forgotten)
        let isOpen =
            stored.versions.isInConflict(as: field) && !AnchorState.isNote(field, of: record.kind)
        try noteConflict(isOpen, field: fieldRow, record: &record)
        try noteMissing(
            stored.versions, touched: looked.map { $0.map(\.value) + [incoming?.hash].compactMap(\.self) },
            visible: visible, field: field, row: fieldRow, record: record)
        try noteConsequences(field: field, shownBefore: shown, record: &record)
    }

    /// Gives every plain field of a record rows of its own: by these its text can be dropped, and found by its
    /// hash. A record that was ever deleted has no plain fields, on any replica: earlier versions dropped the texts of
    /// such records, and ask for them.
    func giveRows(to record: inout RecordState) throws {
        for member in record.fields.members where member.name != "deleted" {
            let row = try archive.interning.nameRow(member.name, in: database)
            var stored = try archive.recordStates.versions(of: member.name, row: row, in: record)
            guard stored.isPlain else { continue }
            try writeRows(&stored, visible: stored.versions.visible, row: row, record: record.row)
            record.flags.insert(.hasVersions)
        }
    }

    /// - Parameter touched: the versions whose rows may be others now; nil for all.
    private func writeRows(
        _ stored: inout StoredVersions, of touched: [Version]? = nil, visible: Version?, row fieldRow: Int64,
        record: Int64
    ) throws {
        for version in touched ?? stored.versions.versions {
            var flags: VersionFlags = version.isByHand ? .isByHand : version.isMerge ? .isMerge : []
            if version.isHead { flags.insert(.isHead) }
            if version.key == visible?.key { flags.insert(.isVisible) }
            for member in version.members {
                switch stored.flags.updateValue(flags, forKey: member.position) {
                case flags: break
                case nil:
                    try database.run(
                        """
                        INSERT INTO version (record, field, position, key, value, flags, replaces)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """, .integer(record), .integer(fieldRow), .integer(member.position),
                        .blob(version.key.bytes), .blob(version.value.bytes), .integer(flags.rawValue),
                        .blob(version.replaces.flatMap(\.bytes)))
                    try archive.keyIndex.noteVersion(of: version.value, field: fieldRow, row: record)
                default:
                    try database.run(
                        "UPDATE version SET flags = ? WHERE record = ? AND field = ? AND position = ?",
                        .integer(flags.rawValue), .integer(record), .integer(fieldRow),
                        .integer(member.position))
                }
            }
        }
    }

    /// Lists the heads without a text, and no others.
    /// - Parameter touched: the values of which something may have changed; nil where it may be any.
    private func noteMissing(
        _ versions: FieldVersions, touched: [ValueHash]? = nil, visible: Version?, field: String,
        row fieldRow: Int64, record: RecordState
    ) throws {
        let touched = touched.map(Set.init)
        let values = touched?.filter { versions.hasHead(of: $0) } ?? Set(versions.headValues)
        var wanted: Set<ValueHash> = []
        for value in values
        where try !archive.recordStates.holdsText(of: value, visible: visible, field: field, in: record) {
            wanted.insert(value)
        }
        if hasMissingTexts, let touched {
            for hash in touched.subtracting(wanted).sorted() {
                try database.run(
                    "DELETE FROM missing WHERE hash = ? AND record = ? AND field = ?", .blob(hash.bytes),
                    .integer(record.row), .integer(fieldRow))
            }
        } else if hasMissingTexts {
            try database.run(
                "DELETE FROM missing WHERE record = ? AND field = ?", .integer(record.row), .integer(fieldRow)
            )
        }
        for hash in wanted.sorted() {
            hasMissingTexts = true
            try database.run(
                "INSERT OR IGNORE INTO missing (hash, record, field) VALUES (?, ?, ?)", .blob(hash.bytes),
                .integer(record.row), .integer(fieldRow))
        }
    }

    /// - Parameter field: the name's row, or 0 for the record's deletion.
    func noteConflict(_ isOpen: Bool, field: Int64, record: inout RecordState) throws {
        if isOpen {
            try database.run(
                "INSERT OR IGNORE INTO conflict (record, field) VALUES (?, ?)", .integer(record.row),
                .integer(field))
            record.flags.insert(.isInConflict)
        } else if record.flags.contains(.isInConflict) {
            try database.run(
                "DELETE FROM conflict WHERE record = ? AND field = ?", .integer(record.row), .integer(field))
            let others = try database.integer(
                "SELECT EXISTS (SELECT 1 FROM conflict WHERE record = ?)", .integer(record.row))
            if others == 0 { record.flags.remove(.isInConflict) }
        }
    }

    /// What else depends on a field: what a record hangs on, and whether a delete has seen all there is.
    func noteConsequences(field: String, shownBefore: [UInt8]?, record: inout RecordState) throws {
        if field == "deleted" {
            let isDeleted = record.fields[field] == JSONLiteral.true
            if isDeleted { record.flags.insert(.isDeleted) } else { record.flags.remove(.isDeleted) }
            archive.knownMerges = nil
        }
        let target = record.fields["target"].flatMap(RecordID.init(canonicalText:))
        if field == "target", record.fields[field] != shownBefore {
            if let old = shownBefore.flatMap(RecordID.init(canonicalText:)) {
                try database.run(
                    "DELETE FROM hanging WHERE target = ? AND record = ?", .blob(old.bytes),
                    .integer(record.row))
                try reviewTarget(old, changed: nil)
            }
            if let target {
                try database.run(
                    "INSERT OR IGNORE INTO hanging (target, record) VALUES (?, ?)", .blob(target.bytes),
                    .integer(record.row))
            }
        }
        if field == MergedInto.field, record.fields[field] != shownBefore {
            try noteMerge(of: record, shownBefore: shownBefore)
        }
        if record.fields["deleted"] != nil {
            review(record.row, changed: field == "deleted" ? nil : record.row)
        }
        if let target { try reviewTarget(target, changed: record.row) }
    }

    /// Lists which record an article shows that it is merged into.
    func noteMerge(of record: RecordState, shownBefore: [UInt8]?) throws {
        guard MergedInto.isPossible(for: record.kind) else { return }
        archive.knownMerges = nil
        if let target = record.fields[MergedInto.field].flatMap(RecordID.init(canonicalText:)) {
            try database.run(
                "INSERT OR REPLACE INTO merged (record, handle, target) VALUES (?, ?, ?)",
                .integer(record.row), .integer(target.handle), .blob(target.bytes))
        } else if shownBefore != nil {
            try database.run("DELETE FROM merged WHERE record = ?", .integer(record.row))
        }
    }

    /// Records that were ever deleted are reviewed when something that hangs on them changes. These have versions; of
    /// all others the fields need not be read.
    private func reviewTarget(_ target: RecordID, changed: Int64?) throws {
        var rows = try database.rows(
            """
            SELECT row FROM record INDEXED BY record_by_handle
            WHERE handle = ? AND id = ?
                AND (state & 2 OR state & 1 AND json_extract(fields, '$.deleted') IS NOT NULL)
            """, .integer(target.handle), .blob(target.bytes))
        while try rows.next() { review(rows.integer(0), changed: changed) }
    }
}

extension TransactionFacts {
    /// The version that this transaction makes of a field.
    /// - Parameters:
    ///   - parents: the versions it replaces.
    ///   - purges: whether it purges the record.
    func version(
        of field: String, value: ValueHash, replacing parents: [Version], purges: Bool, in record: RecordState
    ) -> Version {
        let replaces = Array(Set(parents.map(\.key))).sorted()
        let key =
            isByProgram
            ? VersionKey(
                byProgram: value, record: record.id, kind: record.kind, field: field, replaces: replaces)
            : VersionKey(byHand: chain, record: record.id, kind: record.kind, field: field)
        return Version(
            key: key, value: value, isByHand: !isByProgram,
            isMerge: isByProgram && parents.contains(where: \.isByHand),
            isPurge: Purge.isPurge(value, of: field, purges: purges), replaces: replaces,
            member: member, isHead: false)
    }
}
