internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Tells what the program made by what it made elsewhere, where the receiver has that: what several people import travels
/// once.
///
/// A record is told by its place in a transaction that the receiver's vector covers or that stands before in the message,
/// if that says exactly the same of it; otherwise by its key, if the receiver's filter has that among what it has not sent.
struct OutgoingReferences {
    /// Transactions that records were found in last: the next ones are mostly there as well.
    private static let maximumOpen = 4
    /// Records of one transaction that are looked up and not found: what has no twins is not looked up record by record.
    private static let maximumMisses = 4
    /// Transactions that are held against one record.
    private static let maximumCandidates = 3

    private struct Place: Hashable {
        var id: RecordID
        var kind: String
    }

    /// A transaction that the receiver has.
    private struct Source {
        let name: TransactionName
        let records: [RecordChanges]
        let textBytes: Int
        let places: [Place: Int]

        init(_ transaction: Transaction) {
            name = transaction.name
            records = transaction.records
            textBytes = records.reduce(0) { $0 + $1.textBytes }
            places = Dictionary(
                records.enumerated().map { (Place(id: $1.id, kind: $1.kind), $0) }, uniquingKeysWith: { $1 })
        }

        /// Where it says something of a record that this one says as well: the same, or the same long value of a field.
        func likeness(of record: RecordChanges) -> (place: Int, isSame: Bool)? {
            guard let place = places[Place(id: record.id, kind: record.kind)] else { return nil }
            if records[place].saysTheSame(as: record) { return (place, true) }
            return record.fields.contains { lends($0, at: place) } ? (place, false) : nil
        }

        func lends(_ change: FieldChange, at place: Int) -> Bool {
            guard let text = change.value.text, text.count >= OutgoingReferences.leastLentBytes else {
                return false
            }
            return records[place].fields.contains { $0.field == change.field && $0.value == change.value }
        }
    }

    /// What a place in a source is good for.
    private struct Find {
        var place: Int
        /// In `open`.
        var index: Int
        var isSame: Bool
    }

    /// A shorter value is not much longer than its hash.
    private static let leastLentBytes = 128

    private let store: Store
    private let held: Vector
    private let filter: KeyFilter?
    /// In this message.
    private var sent: [Origin: UInt64] = [:]
    /// The last one that served first.
    private var open: [Source] = []
    private var usedKeys: Set<UInt64> = []
    private var leftBytes = MessageReader.maximumReferenceBytes
    /// Texts that are told by reference, so far.
    private(set) var savedBytes = 0
    /// The references of the message stand for enough already, or the receiver has more that its filter did not tell of.
    private(set) var isFull = false

    init(_ store: Store, heldThere held: Vector, filter: KeyFilter?) {
        self.store = store
        self.held = held
        self.filter = filter
    }

    /// - Returns: the transaction by references as far as it can be told so, and how many bytes of texts these stand for.
    mutating func take(from transaction: Transaction) throws -> (told: ReferringTransaction, savedBytes: Int)
    {
        var told = ReferringTransaction(transaction)
        defer { sent[transaction.name.origin] = transaction.name.sequence }
        guard transaction.isByProgram else { return (told, 0) }
        told.transaction.records = []
        var misses = 0
        var saved = 0
        for record in transaction.records {
            let bytes = record.textBytes
            let find = try find(record, misses: &misses)
            if let find, find.isSame, use(find, of: \.sources, for: bytes, in: &told) {
                saved += bytes
            } else if tellByKey(record, bytes, in: &told) {
                saved += bytes
            } else {
                var record = record
                if let find, !find.isSame { saved += lend(find, to: &record, in: &told) }
                told.transaction.records.append(record)
            }
        }
        savedBytes += saved
        if let filter, filter.isPartial, usedKeys.count >= filter.keyCount { isFull = true }
        return (told, saved)
    }

    /// Names a place in a source.
    /// - Returns: false where that cannot be.
    private mutating func use(
        _ find: Find, of list: WritableKeyPath<ReferringTransaction, [RecordSource]>, for bytes: Int,
        in told: inout ReferringTransaction
    ) -> Bool {
        let source = open[find.index]
        var costBytes = bytes
        var known = told[keyPath: list].firstIndex { $0.name == source.name }
        if known == nil { costBytes += source.textBytes }
        guard costBytes <= leftBytes else {
            isFull = true
            return false
        }
        if known == nil {
            told[keyPath: list].append(RecordSource(source.name))
            known = told[keyPath: list].count - 1
        }
        guard let known, told[keyPath: list][known].add(find.place) else { return false }
        leftBytes -= costBytes
        return true
    }

    /// Puts hashes in the place of texts that the receiver has.
    /// - Returns: by how much the record is shorter.
    private mutating func lend(
        _ find: Find, to record: inout RecordChanges, in told: inout ReferringTransaction
    ) -> Int {
        let source = open[find.index]
        guard use(find, of: \.lenders, for: source.records[find.place].textBytes, in: &told) else { return 0 }
        var saved = 0
        for (field, change) in record.fields.enumerated() where source.lends(change, at: find.place) {
            record.fields[field].value = .hash(change.value.hash)
            saved += (change.value.text?.count ?? 0) - ValueHash.size
        }
        return saved
    }

    /// Where the receiver has the record, or something of it.
    private mutating func find(_ record: RecordChanges, misses: inout Int) throws -> Find? {
        var found: Find?
        for (index, source) in open.enumerated() {
            guard let (place, isSame) = source.likeness(of: record) else { continue }
            if isSame { return Find(place: place, index: index, isSame: true) }
            if found == nil { found = Find(place: place, index: index, isSame: false) }
        }
        guard misses < Self.maximumMisses,
            // A long value is no other's by chance.
            let change = record.fields.max(by: { ($0.value.text?.count ?? 0) < ($1.value.text?.count ?? 0) })
        else { return found }
        let names = try store.log.transactionsLikely(
            toSayTheSameOf: record.id, kind: record.kind, change: change, limit: Self.maximumCandidates
        ) { held.contains($0) || sent[$0.origin].map { [name = $0] in name.sequence <= $0 } ?? false }
        for name in names where !open.contains(where: { $0.name == name }) {
            guard let transaction = try store.log.transaction(name), transaction.isByProgram else { continue }
            let source = Source(transaction)
            guard let (place, isSame) = source.likeness(of: record), isSame || found == nil else { continue }
            open.insert(source, at: 0)
            if open.count > Self.maximumOpen { open.removeLast() }
            if isSame { return Find(place: place, index: 0, isSame: true) }
            found = Find(place: place, index: 0, isSame: false)
        }
        misses += 1
        return found
    }

    private mutating func tellByKey(
        _ record: RecordChanges, _ bytes: Int, in told: inout ReferringTransaction
    ) -> Bool {
        guard let filter else { return false }
        let key = record.key(salt: filter.salt)
        guard filter.mayContain(key), !usedKeys.contains(key) else { return false }
        guard bytes <= leftBytes else {
            isFull = true
            return false
        }
        leftBytes -= bytes
        usedKeys.insert(key)
        told.keys.append(key)
        return true
    }
}

extension RecordChanges {
    /// Of the values that stand in it.
    var textBytes: Int { fields.reduce(0) { $0 + ($1.value.text?.count ?? 0) } }
}
