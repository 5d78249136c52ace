internal import QuipuCausality
internal import QuipuSQLite

/// Goes through the records that an entry changed, and decides what an undo writes in each.
struct UndoPass {
    let archive: OpenArchive
    let positions: Set<Int64>
    var report: UndoReport
    /// Other transactions that made a version of the entry too.
    var shared: Set<Int64> = []
    /// By log position, of those that were asked for, the count of an undo.
    private var knownUndos: [Int64: UInt64?] = [:]
    private static let mostKnownUndos = 100_000
    /// The rows of the records that the undo deletes.
    var deleted: Set<Int64> = []
    /// By members of the set `collections`, the rows of the records that the undo takes out.
    var takenOut: [String: Set<Int64>] = [:]

    init(of entry: LogEntry, in archive: OpenArchive) throws {
        self.archive = archive
        positions = Set(entry.positions)
        report = UndoReport(entry: entry)
    }

    mutating func run(_ write: (RecordUndo) throws -> Void) throws {
        let changed = try changedFields()
        try requireNoPurge(changed)
        // Collections at last: by then it is known which of their records stay.
        let collections = try self.collections(among: changed.keys)
        for (row, fields) in changed.sorted(by: {
            (collections.contains($0.key) ? 1 : 0, $0.key) < (collections.contains($1.key) ? 1 : 0, $1.key)
        }) {
            try write(try undo(row, fields))
        }
        // An undo of one's own may have made the same once more; that is nobody else's.
        let entry = try report.entry.positions.first.map { try archive.log.headline(at: $0) }
        report.sharedWith = try shared.sorted().prefix(UndoReport.mostShared).map {
            try archive.log.headline(at: $0)
        }.filter { $0.version.origin != entry?.version.origin || $0.author != entry?.author }
    }

    /// By the rows of records, the rows of the names of the fields that the entry changed, each once.
    private func changedFields() throws -> [Int64: [Int64]] {
        var found: [Int64: [Int64]] = [:]
        for position in report.entry.positions {
            for record in try archive.log.body(at: position).records {
                let known = found[record.row] ?? []
                found[record.row] = known + record.fields.map(\.name).filter { !known.contains($0) }
            }
        }
        return found
    }

    private func requireNoPurge(_ changed: [Int64: [Int64]]) throws {
        guard let deleted = try archive.interning.knownNameRow("deleted", in: archive.database) else {
            return
        }
        for (row, fields) in changed where fields.count > 1 && fields.contains(deleted) {
            let record = try archive.recordStates.record(row: row)
            for field in fields {
                let name = try archive.interning.name(field, in: archive.database)
                let versions = try archive.recordStates.versions(of: name, row: field, in: record).versions
                guard versions.versions.contains(where: { $0.isPurge && isTaken($0) }) else { continue }
                throw StorageError(
                    .purged,
                    "\(report.entry.name.origin.hexadecimal.prefix(8)):\(report.entry.name.sequence) purged \(record.kind) \(record.id.shortHandle); a purge cannot be undone",
                    hint: "what was purged is forgotten for good, on every mirror")
            }
        }
    }

    private func collections(among rows: some Sequence<Int64>) throws -> Set<Int64> {
        guard let kind = try archive.interning.knownNameRow("collection", in: archive.database) else {
            return []
        }
        return try Set(
            rows.filter {
                try archive.database.integer("SELECT kind FROM record WHERE row = ?", .integer($0)) == kind
            })
    }

    func isTaken(_ version: Version) -> Bool {
        version.members.contains { positions.contains($0.position) }
    }

    // MARK: one record

    private mutating func undo(_ row: Int64, _ fields: [Int64]) throws -> RecordUndo {
        let record = try archive.recordStates.record(row: row)
        var undo = RecordUndo(id: record.id, kind: record.kind)
        let isDeleted = record.flags.contains(.isDeleted)
        if !isDeleted, try isMade(record, fields) {
            if let other = try foreignHead(in: record) {
                leave(
                    record, nil, .recordInUse(author: other.author, timeMilliseconds: other.timeMilliseconds))
            } else if try hasMemberThatStays(record) {
                leave(record, nil, .collectionInUse)
            } else {
                undo.deletions = [(try deletion(of: record), true, try observation(of: record))]
                deleted.insert(row)
                report.changes.append(
                    .init(id: record.id, kind: record.kind, field: nil, effect: .deletedRecord))
            }
            return undo
        }
        var standsDeleted = false
        var isPurged = false
        for row in fields {
            let field = try archive.interning.name(row, in: archive.database)
            if SourceMemory.isMemory(field) || AnchorState.isNote(field, of: record.kind) { continue }
            if isDeleted, field != "deleted" {
                standsDeleted = true
                isPurged =
                    try isPurged
                    || archive.recordStates.versions(of: field, row: row, in: record).versions.isPurged
                continue
            }
            try undoField(field, row, in: record, &undo)
        }
        if standsDeleted {
            leave(record, nil, isPurged ? .purged : .recordDeleted)
        }
        return undo
    }

    private mutating func leave(_ record: RecordState, _ field: String?, _ reason: UndoReport.Left.Reason) {
        report.left.append(.init(id: record.id, kind: record.kind, field: field, reason: reason))
    }

    private mutating func undoField(
        _ field: String, _ row: Int64, in record: RecordState, _ undo: inout RecordUndo
    ) throws {
        let versions = try archive.recordStates.versions(of: field, row: row, in: record).versions
        let taken = versions.versions.filter(isTaken)
        guard let step = versions.undoing(Set(taken.map(\.key)), try originals(in: versions)) else {
            if let visible = versions.visible {
                let now = try archive.log.headline(at: visible.representative.position)
                leave(record, field, .changed(author: now.author, timeMilliseconds: now.timeMilliseconds))
            }
            return
        }
        let forgotten = Set(versions.forgotten.map(\.key))
        var values: [(json: [UInt8], observed: [TransactionName])] = []
        for value in step.values {
            if value.allSatisfy({ forgotten.contains($0.key) }) { return leave(record, field, .purged) }
            guard let json = try text(of: value[0], visible: versions.visible, field, in: record) else {
                return leave(record, field, .textMissing)
            }
            values.append((json, field == "deleted" ? try observed(by: value, of: record) : []))
        }
        let gone = field == "deleted" || field.contains("/") ? JSONLiteral.false : JSONLiteral.null
        note(step.replaced)
        let names = try step.replaced.map { try archive.log.name(at: $0.representative.position) }.sorted()
        let changes = (values.isEmpty ? [(json: gone, observed: [])] : values).map {
            (FieldChange(field: field, value: .text($0.json), replaces: names), $0.observed)
        }
        if field.hasPrefix("collections/") {
            let stay = versions.heads.filter { head in !step.replaced.contains { $0.key == head.key } }
            if (stay.map(\.value) + changes.map(\.0.value.hash)).allSatisfy({ $0 != JSONLiteral.trueHash }) {
                takenOut[field, default: []].insert(record.row)
            }
        }
        if field == "deleted" {
            undo.deletions = changes.map { ($0.0, step.isByHand, $0.1) }
        } else if step.isByHand {
            undo.byHand.append(changes[0].0)
        } else {
            undo.byProgram.append(changes[0].0)
            for (place, change) in changes.dropFirst().enumerated() {
                if undo.further.count == place { undo.further.append([]) }
                undo.further[place].append(change.0)
            }
        }
        let isShared =
            step.values.first.map { value in versions.heads.contains { $0.key == value[0].key } } ?? false
        let effect: UndoReport.Change.Effect =
            if values.count > 1 {
                .reopenedConflict(values: values.count)
            } else if isShared {
                .gaveWay
            } else if field == "deleted" {
                changes[0].0.value.hash == JSONLiteral.trueHash ? .deletedRecord : .restoredRecord
            } else if values.isEmpty {
                .removedValue
            } else {
                .gaveBack
            }
        report.changes.append(.init(id: record.id, kind: record.kind, field: field, effect: effect))
    }

    /// What the versions stand for that undos made.
    mutating func originals(in versions: FieldVersions) throws -> UndoOriginals {
        var counts: [VersionKey: UInt64] = [:]
        if versions.versions.count > 1 {
            for version in versions.versions {
                for member in version.members {
                    if let count = try undoCount(at: member.position) { counts[version.key] = count }
                }
            }
        }
        return UndoOriginals(versions, counts: counts)
    }

    /// Of the entry of a transaction that takes another one back.
    private mutating func undoCount(at position: Int64) throws -> UInt64? {
        if let known = knownUndos[position] { return known }
        let count = try EntryMark(in: archive.log.keptBody(at: position).unknown)?.undo?.count
        if knownUndos.count >= Self.mostKnownUndos { knownUndos.removeAll() }
        knownUndos[position] = .some(count)
        return count
    }

    mutating func note(_ replaced: [Version]) {
        guard shared.count < UndoReport.mostShared else { return }
        for member in replaced.flatMap(\.members) where !positions.contains(member.position) {
            shared.insert(member.position)
        }
    }

    private func text(
        of version: Version, visible: Version?, _ field: String, in record: RecordState
    ) throws -> [UInt8]? {
        for literal in [JSONLiteral.true, JSONLiteral.false, JSONLiteral.null]
        where ValueHash(of: literal) == version.value {
            return literal
        }
        return try archive.recordStates.text(of: version, visible: visible, field: field, in: record)
    }

    /// What the deletes of one former value had seen of a record and of what hangs on it. They may have been deletes of
    /// thousands of records, of which each is given back by itself.
    private func observed(by versions: [Version], of record: RecordState) throws -> [TransactionName] {
        let seen = try versions.flatMap(\.members).map { try archive.log.keptBody(at: $0.position) }
        var found: Set<Int64> = []
        try archive.recordStates.forEachField(of: record) { _, _, _, versions in
            for member in versions.versions.lazy.flatMap(\.members)
            where seen.contains(where: { $0.hasSeen(member.position) }) {
                found.insert(member.position)
            }
        }
        return try found.map { try archive.log.name(at: $0) }.sorted()
    }
}
