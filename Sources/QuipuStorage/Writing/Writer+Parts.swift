internal import QuipuCausality

/// The changes of an edit in one record.
struct RecordWork {
    var changes: RecordChanges
    /// Log positions of what its author lists as seen of it.
    var observed: Set<Int64> = []

    /// Whether what its author had seen counts: then what was written just before counts as well.
    fileprivate var hidesOthers: Bool {
        changes.fields.contains {
            $0.field == MergedInto.field || $0.field == "deleted" && $0.value.hash == JSONLiteral.trueHash
        }
    }

    /// - Throws: `tooLarge` where no transaction can hold it.
    func requireFitting() throws {
        guard changes.fields.count <= Limits.changesPerTransaction,
            observed.count <= Limits.observedTransactions,
            PartSize(of: self).wireBytes <= Limits.transactionBytes - PartSize.headBytes
        else {
            throw StorageError(
                .tooLarge,
                "the change of \(changes.kind) \(changes.id.shortHandle) is too large for one transaction",
                hint: "nothing was written; change less of it at once")
        }
    }
}

/// The size of a transaction of some records.
private struct PartSize {
    /// More than the name, the author, the mark and the names of earlier parts take.
    static let headBytes = 16 << 10
    private static let nameBytes = 28

    var changes = 0
    var observed: Set<Int64> = []
    private var recordBytes = 0

    var wireBytes: Int { recordBytes + Self.nameBytes * observed.count }

    init() {}

    init(of work: RecordWork) {
        self.init()
        add(work)
    }

    mutating func add(_ work: RecordWork) {
        changes += work.changes.fields.count
        observed.formUnion(work.observed)
        recordBytes += work.changes.largestSizeOnTheWire
    }

    /// Whether this and a record more are within the limits.
    func holds(_ more: PartSize, bytes: Int) -> Bool {
        changes + more.changes <= Limits.changesPerTransaction
            && wireBytes + more.wireBytes <= bytes
            && observed.count + more.observed.count <= Limits.observedTransactions
    }
}

/// A transaction of a command that was written.
struct WrittenPart {
    var name: TransactionName
    var records: [RecordChanges]
}

extension Writer {
    /// Writes what one command changes: in one transaction where one holds it, else in several, which are one entry of the
    /// log.
    ///
    /// Of several, deletes and merges come last, and list the ones before as seen: what the same command wrote does not stand
    /// against them.
    func append(
        _ records: [RecordWork], author: String, isByProgram: Bool, keepsOwnVersions: Bool = false
    ) throws -> [WrittenPart] {
        let parts = Self.parts(of: records)
        let hasEntry = archive.entry != nil
        if parts.count > 1, !hasEntry { archive.entry = EntryUnderWay(words: "edit") }
        defer { if !hasEntry { archive.entry = nil } }
        var written: [WrittenPart] = []
        var positions: [Int64] = []
        for part in parts {
            var observed = part.reduce(into: Set<Int64>()) { $0.formUnion($1.observed) }
            if part.contains(where: \.hidesOthers) { observed.formUnion(positions) }
            let name = try append(
                part.map(\.changes), observed: try observed.map { try archive.log.name(at: $0) }.sorted(),
                author: author, isByProgram: isByProgram, keepsOwnVersions: keepsOwnVersions)
            positions.append(position)
            written.append(WrittenPart(name: name, records: part.map(\.changes)))
        }
        return written
    }

    private static func parts(of records: [RecordWork]) -> [[RecordWork]] {
        if records.isEmpty { return [] }
        let all = records.reduce(into: PartSize()) { $0.add($1) }
        if PartSize().holds(all, bytes: Limits.transactionBytes - PartSize.headBytes) { return [records] }
        var parts: [[RecordWork]] = []
        var size = PartSize()
        for work in records.filter({ !$0.hidesOthers }) + records.filter(\.hidesOthers) {
            let more = PartSize(of: work)
            // Half of what a transaction may take leaves room for the versions that are also named.
            if parts.isEmpty || !size.holds(more, bytes: Limits.transactionBytes / 2) {
                parts.append([])
                size = PartSize()
            }
            parts[parts.count - 1].append(work)
            size.add(work)
        }
        return parts
    }
}
