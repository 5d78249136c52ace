internal import QuipuCanonicalJSON
public import QuipuCausality
internal import QuipuSQLite

/// New values for fields of one record, by hand.
public struct Edit: Sendable {
    public struct Change: Sendable {
        public var field: String
        /// Canonical JSON.
        public var json: [UInt8]
        /// The versions that the author has seen, and that the change replaces; nil for those that the field has now. What this
        /// replica's own chain has written since is not among them, and is not replaced either: the transaction then begins
        /// a chain of its own.
        public var replaces: [TransactionName]?

        public init(field: String, json: [UInt8], replaces: [TransactionName]? = nil) {
            self.field = field
            self.json = json
            self.replaces = replaces
        }
    }

    public var id: RecordID
    public var kind: String
    public var changes: [Change]

    public init(id: RecordID, kind: String, changes: [Change]) {
        self.id = id
        self.kind = kind
        self.changes = changes
    }
}

/// A person's edit of one record, in a transaction with others.
public enum RecordEdit: Sendable {
    case fields(Edit)
    case delete(RecordID, kind: String)
    case restore(RecordID, kind: String)
    /// Shows the first records under the second one from now on, as one article.
    case merge([RecordID], into: RecordID, kind: String)
    /// Shows a record by itself again.
    case unmerge(RecordID, kind: String)
    /// Takes what a source gave apart from what another one gave, into a record of its own.
    case split(RecordID, kind: String, item: ItemSource?)
}

/// The outcome of an edit.
public struct EditOutcome: Sendable {
    /// Nil when the record was so already: nothing was written. Of several transactions the last.
    public var version: TransactionName?
    /// Where several transactions were written: of each its name and the records that it changed.
    public var parts: [Part] = []
    /// Versions that had been in conflict and that this edit replaced.
    public var closed: [ClosedConflict]
    /// Records that were taken apart.
    public var splits: [SplitOutcome] = []

    public struct Part: Sendable {
        public var version: TransactionName
        public var records: [(id: RecordID, kind: String)]
    }

    public struct ClosedConflict: Sendable {
        public var id: RecordID
        public var kind: String
        public var field: String
        public var versions: [TransactionName]
    }
}

/// Edits of records by people.
struct Editing: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var editing: Editing { Editing(archive: archive) }
}

extension Editing {
    /// Gives fields new values. One in conflict is settled by the edit, which replaces all its heads. Texts are brought to
    /// normal form C, so that two people who type the same words give the same value.
    ///
    /// Setting a value that a field has already is an edit as well: it states that the value shall stand, and somebody
    /// else may have replaced it meanwhile, which would win without a word. Then the two are a conflict. Only what this
    /// replica itself wrote by hand, and nobody else can have seen yet, is left alone when it is written again.
    ///
    /// - Throws: `StorageError.deleted` for a record that is deleted.
    public func edit(_ edits: [Edit], author: String) throws -> EditOutcome {
        try edit(author: author) { edits.map { .fields($0) } }
    }

    /// Runs `body` and writes its edits, all or none: in one transaction, or in several where one cannot hold them, which are
    /// one entry of the log. `body` may read the archive: there is no other writer.
    ///
    /// - Parameter body: each record at most once.
    /// - Throws: as `edit(_:author:)`, `delete` and `restore`, and what `body` throws; then nothing was written.
    public func edit(author: String, _ body: () throws -> [RecordEdit]) throws -> EditOutcome {
        try writing { writer in
            var outcome = EditOutcome(version: nil, closed: [])
            var work = EditWork()
            for edit in try body() {
                switch edit {
                case .fields(let edit):
                    if let done = try self.changes(by: edit, writer, &outcome, &work) {
                        try work.add(done.changes, observed: done.observed)
                    }
                case .delete(let id, let kind): try delete(id, kind: kind, writer, &work)
                case .restore(let id, let kind): try restore(id, kind: kind, writer, &work)
                case .merge(let others, let keep, let kind):
                    try merge(others, into: keep, kind: kind, writer, &work)
                case .unmerge(let id, let kind):
                    for changes in try unmerging(of: id, kind: kind, writer) { try work.add(changes) }
                case .split(let id, let kind, let item):
                    outcome.splits.append(try split(id, kind: kind, item, writer, &work))
                }
            }
            let byHand = try writer.append(
                work.records.all, author: author, isByProgram: false, keepsOwnVersions: work.isStale)
            let byProgram = try writer.append(work.recordsByProgram.all, author: author, isByProgram: true)
            outcome.version = (byHand.last ?? byProgram.last)?.name
            let parts = byHand + byProgram
            if parts.count > 1 {
                outcome.parts = parts.map { part in
                    .init(version: part.name, records: part.records.map { ($0.id, $0.kind) })
                }
            }
            return outcome
        }
    }

    /// Nil where nothing is to be written. An edit that names the versions that it replaces may be of a record that was
    /// deleted since they were seen: then the two are a conflict.
    ///
    /// What is written in a record that is shown under another one goes to that one, and has seen what the group holds in the
    /// field. An edit that names what it replaces is of the record that its author saw.
    private func changes(
        by edit: Edit, _ writer: Writer, _ outcome: inout EditOutcome, _ work: inout EditWork
    ) throws -> RecordWork? {
        var edit = edit
        var record = try writer.record(edit.id, kind: edit.kind)
        var group: RecordGroup?
        if edit.changes.allSatisfy({ $0.replaces == nil && !RecordGroups.isOwn($0.field) }),
            let named = record
        {
            let shown = try recordStates.representative(of: named)
            (record, edit.id) = (shown, shown.id)
            group = try recordGroups.group(of: shown)
        }
        if let record, record.flags.contains(.isDeleted), edit.changes.contains(where: { $0.replaces == nil })
        {
            throw StorageError(
                .deleted, "\(edit.kind) \(edit.id.shortHandle) is deleted",
                remedy: Remedy(.restoreFirst, edit.id.shortHandle))
        }
        var fields: [FieldChange] = []
        var observed: Set<Int64> = []
        for change in edit.changes {
            let heads = try record.map { try recordStates.heads(of: change.field, in: $0) } ?? []
            let json = nfc(change.json)
            let value = ValueHash(of: json)
            let open = try group.map { try recordGroups.field(change.field, in: $0).open } ?? []
            if open.isEmpty, heads.contains(where: { $0.value == value }), try isKnownHereOnly(heads, &work) {
                try writer.putAgain(json, of: value)
                continue
            }
            let present = try writer.names(of: heads)
            let names = change.replaces.map { $0.sorted() } ?? present
            if names != present, !heads.isEmpty, heads.allSatisfy({ $0.value == value }) {
                // Somebody else has given it the same value since.
                continue
            }
            if names != present {
                // The same change of the same state is that version: repeating it writes nothing.
                if let record,
                    try recordStates.hasVersion(value, replacing: names, of: change.field, in: record)
                {
                    continue
                }
                work.isStale = true
            }
            if Set(heads.map(\.value)).count > 1 || !open.isEmpty, names == present {
                let theirs = open.filter { $0.record.id != edit.id }.map(\.version)
                outcome.closed.append(
                    .init(
                        id: edit.id, kind: edit.kind, field: change.field,
                        versions: names + (try writer.names(of: theirs))))
            }
            for member in group?.members ?? [] {
                for head in try recordStates.heads(of: change.field, in: member) {
                    observed.formUnion(head.members.map(\.position))
                }
            }
            fields.append(FieldChange(field: change.field, value: .text(json), replaces: names))
        }
        if fields.isEmpty { return nil }
        return RecordWork(
            changes: RecordChanges(id: edit.id, kind: edit.kind, fields: fields), observed: observed)
    }

    /// Whether a field has one version, by a person on this replica, that no other replica can have replaced yet, as
    /// far as this one knows: it was in no exchange and no copy since, and nothing came in.
    private func isKnownHereOnly(_ heads: [Version], _ work: inout EditWork) throws -> Bool {
        guard heads.count == 1, let head = heads.first, head.isByHand else { return false }
        let position = head.representative.position
        let written = try log.name(at: position)
        guard try written.origin == origin, try !local.isShown(written),
            let own = try interning.originRow(origin, in: database)
        else { return false }
        if let clean = work.ownSince, position >= clean { return true }
        if let others = work.othersAfter, position <= others { return false }
        let isAlone =
            try database.integer(
                "SELECT EXISTS (SELECT 1 FROM log WHERE position > ? AND position <= ? AND origin != ?)",
                .integer(position), .integer(work.ownSince ?? .max), .integer(own)) == 0
        if isAlone { work.ownSince = position } else { work.othersAfter = position }
        return isAlone
    }

    /// Deletes a record, listing what it sees of the record and of what hangs on it. Again on a deleted record in
    /// conflict: confirms, having seen everything now.
    public func delete(_ id: RecordID, kind: String, author: String) throws -> TransactionName? {
        try edit(author: author) { [.delete(id, kind: kind)] }.version
    }

    /// Brings a deleted record back.
    /// - Throws: `StorageError.notDeleted`; `purged` where it was purged and no edit by hand stands against that.
    public func restore(_ id: RecordID, kind: String, author: String) throws -> TransactionName {
        guard let version = try edit(author: author, { [.restore(id, kind: kind)] }).version else {
            preconditionFailure("what is deleted is brought back by a transaction")
        }
        return version
    }

    func restoration(of id: RecordID, kind: String, _ writer: Writer) throws -> RecordChanges {
        guard let record = try writer.record(id, kind: kind),
            record.fields["deleted"] == JSONLiteral.true
        else {
            throw StorageError(
                .notDeleted, "\(kind) \(id.shortHandle) is not deleted",
                remedy: Remedy(.listDeleted))
        }
        if try recordStates.isPurged(record) {
            throw StorageError(
                .purged, "\(kind) \(id.shortHandle) was purged: what it held is forgotten for good",
                remedy: Remedy(.addAgain, kind))
        }
        return RecordChanges(
            id: id, kind: kind,
            fields: [
                FieldChange(
                    field: "deleted", value: .text(JSONLiteral.false),
                    replaces: try writer.names(of: try recordStates.heads(of: "deleted", in: record)))
            ])
    }
}
