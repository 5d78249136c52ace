internal import CanonicalJSON
public import Causality
internal import SQLite

/// What an import brings for one record.
public struct ImportItem: Sendable {
    /// Given by a lossless export; otherwise found or derived.
    public var id: RecordID?
    public var kind: String
    /// Canonical JSON by field.
    public var fields: [(name: String, json: [UInt8])]
    /// Under which id its producer knows it.
    public var source: ItemSource?
    /// When the producer says that it last changed it, as it wrote it.
    public var modified: String?

    /// Whether its record fits into a transaction, also where each field replaces an import before it.
    public var fitsIntoTransaction: Bool {
        let earlier = TransactionName(origin: Origin(rawValue: 0), sequence: 1)
        let changes = fields.map {
            FieldChange(field: $0.name, value: .text($0.json), replaces: [earlier, earlier])
        }
        let record = RecordChanges(id: id ?? RecordID(rawValue: 0), kind: kind, fields: changes)
        return record.largestSizeOnTheWire <= Limits.transactionBytes - Limits.authorBytes - 1_024
    }

    public init(
        id: RecordID? = nil, kind: String, fields: [(name: String, json: [UInt8])], source: ItemSource? = nil,
        modified: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.fields = fields
        self.source = source
        self.modified = modified
    }
}

/// A producer's own id of an item. Ids of one scope compare; ids of different scopes neither agree nor disagree.
public struct ItemSource: Sendable, Hashable {
    /// Whose ids these are: a producer and its library or feed, or for plain files the collection.
    public var scope: String
    public var id: String

    public init(scope: String, id: String) {
        self.scope = scope
        self.id = id
    }
}

/// What became of one item.
public enum ImportEffect: Sendable, Equatable {
    case created(RecordID)
    case updated(RecordID)
    case unchanged(RecordID)
    /// The record is deleted, and an import never restores: nothing was written.
    case stayedDeleted(RecordID)
}

extension Store {
    /// Imports a batch in one commit, in transactions of bounded size.
    ///
    /// A field is written only where the source's value differs from what was last imported, and replaces only
    /// that: a correction by hand stays visible, and a changed source shows up beside it.
    /// - Returns: an effect for each item, in order.
    public func importBatch(_ items: [ImportItem], author: String) throws -> [ImportEffect] {
        try writing { writer in
            try writer.bringIdentitiesUpToDate()
            var batch = ImportBatch(writer: writer, author: author)
            for item in items { try batch.add(item) }
            try batch.close()
            return batch.effects
        }
    }

    /// The collection of a name, made by the program if there is none.
    /// - Throws: `StorageError.deleted` when it is deleted: an import never restores.
    public func importCollection(named name: String, author: String) throws -> RecordID {
        let json = canonicalString(name.nfc)
        return try writing { writer in
            try writer.bringIdentitiesUpToDate()
            let keys = NaturalKey.keys(kind: "collection", in: id) { $0 == "name" ? json : nil }
            guard let known = try writer.record(withAnyOf: keys, kind: "collection") else {
                var batch = ImportBatch(writer: writer, author: author)
                try batch.add(ImportItem(kind: "collection", fields: [("name", json)]))
                try batch.close()
                return batch.lastID
            }
            guard !known.flags.contains(.isDeleted) else {
                throw StorageError(
                    .deleted, "the collection '\(name)' is deleted",
                    hint: "bring it back first: quipu restore \(known.id.shortHandle)")
            }
            return known.id
        }
    }

    /// The collection that has a name now; nil when there is none.
    public func collectionID(named name: String) throws -> RecordID? {
        var found: RecordID?
        var filter = RecordFilter()
        filter.kind = "collection"
        try forEachRecord(filter) { record in
            if record.string("name") == name { found = min(found ?? record.id, record.id) }
            return true
        }
        return found
    }
}

/// Gathers changes into transactions of the bulk size.
private struct ImportBatch {
    let writer: Writer
    let author: String
    var effects: [ImportEffect] = []
    /// The record of the item added last.
    private(set) var lastID = RecordID(rawValue: 0)
    private var pending: [RecordChanges] = []
    private var pendingKeys: [(id: RecordID, kind: String, keys: [NaturalKey])] = []
    /// Records that the open transaction already changes, by every key they have.
    private var pendingByKey: [NaturalKey: RecordID] = [:]
    private var pendingIDs: Set<RecordID> = []
    /// Of values; names may take more than these.
    private var pendingBytes = 0
    private var pendingWireBytes = 0
    private var pendingChanges = 0

    init(writer: Writer, author: String) {
        self.writer = writer
        self.author = author
    }

    mutating func add(_ item: ImportItem) throws {
        let fields = item.fields.sorted { $0.name.utf8Precedes($1.name) }
        let keys = NaturalKey.keys(kind: item.kind, in: writer.store.id) { name in
            fields.first { $0.name == name }?.json
        }
        // An item that touches what the open transaction touches is held against the outcome of that.
        if item.id.map(pendingIDs.contains) ?? keys.contains(where: { pendingByKey[$0] != nil }) {
            try close()
        }

        let known =
            if let id = item.id {
                try writer.store.record(id, kind: item.kind)
            } else {
                try writer.record(withAnyOf: keys, kind: item.kind)
            }
        let id = try known?.id ?? item.id ?? newID(keys, kind: item.kind)
        lastID = id
        if known?.flags.contains(.isDeleted) == true {
            effects.append(.stayedDeleted(id))
            return
        }
        var changes: [FieldChange] = []
        var valueBytes = 0
        for field in fields {
            let last = try known.map { try importFrontier(of: field.name, in: $0) } ?? []
            if !last.isEmpty {
                let value = ValueHash(of: field.json)
                if last.contains(where: { $0.value == value }) {
                    try writer.putAgain(field.json, of: value)
                    continue
                }
            }
            changes.append(
                FieldChange(field: field.name, value: .text(field.json), replaces: try writer.names(of: last))
            )
            valueBytes += field.json.count
        }
        guard !changes.isEmpty else {
            effects.append(.unchanged(id))
            return
        }
        let record = RecordChanges(id: id, kind: item.kind, fields: changes)
        let wireBytes = record.largestSizeOnTheWire
        if pendingBytes + valueBytes > Limits.bulkTransactionBytes
            || pendingWireBytes + wireBytes > Limits.transactionBytes / 2
            || pendingChanges + changes.count > Limits.changesPerTransaction
        {
            try close()
        }
        effects.append(known == nil ? .created(id) : .updated(id))
        pending.append(record)
        pendingKeys.append((id, item.kind, keys))
        pendingIDs.insert(id)
        for key in keys { pendingByKey[key] = id }
        pendingBytes += valueBytes
        pendingWireBytes += wireBytes
        pendingChanges += changes.count
    }

    /// Commits the open transaction.
    mutating func close() throws {
        guard !pending.isEmpty else { return }
        try writer.commit(pending, author: author, isByProgram: true)
        for (id, kind, keys) in pendingKeys where !keys.isEmpty {
            guard let row = try writer.store.recordRow(id, kind: kind) else { continue }
            for key in keys { try writer.addIdentity(key, row: row) }
        }
        try writer.database.run("UPDATE archive SET identified_position = ?", .integer(writer.position))
        pending.removeAll()
        pendingKeys.removeAll()
        pendingByKey.removeAll()
        pendingIDs.removeAll()
        pendingBytes = 0
        pendingWireBytes = 0
        pendingChanges = 0
    }

    private func importFrontier(of field: String, in record: RecordState) throws -> [Version] {
        guard let row = try writer.store.interning.knownNameRow(field, in: writer.database) else { return [] }
        return try writer.store.versions(of: field, row: row, in: record).versions.importFrontier
    }

    /// The id that the strongest key implies; a random one when that is taken by another record, or there is no
    /// key.
    private func newID(_ keys: [NaturalKey], kind: String) throws -> RecordID {
        if let derived = keys.first?.recordID,
            try writer.store.record(derived, kind: kind) == nil, !pendingIDs.contains(derived)
        {
            return derived
        }
        return .timeOrdered(writer.store.environment)
    }
}
