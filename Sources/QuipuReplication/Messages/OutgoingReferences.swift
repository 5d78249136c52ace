internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Sends records that the program created as references to equal records that the receiver has, so that an import
/// that several people make travels once.
///
/// A record is sent as its place in a transaction that the receiver's vector covers, or that comes earlier in the
/// message, if that transaction has exactly the same record. Otherwise it is sent as its key, if the receiver's
/// filter of unsent records contains that.
struct OutgoingReferences {
    /// Transactions in which records were found last: the next records are mostly in the same ones.
    private static let maximumOpen = 4
    /// Failed look-ups for one transaction: a transaction without equal records elsewhere is not looked up record by
    /// record.
    private static let maximumMisses = 4
    /// Transactions that are compared with one record.
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

        /// The place of the same record, or of a record with an equal long value in the same field.
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

    /// A record in a source that can be referred to.
    private struct Find {
        var place: Int
        /// An index into `open`.
        var index: Int
        var isSame: Bool
    }

    /// For shorter values a hash saves little.
    private static let leastLentBytes = 128

    private let store: Store
    private let held: Vector
    private let filter: KeyFilter?
    /// In this message.
    private var sent: [Origin: UInt64] = [:]
    /// The most recently used first.
    private var open: [Source] = []
    private var usedKeys: Set<UInt64> = []
    private var leftBytes = MessageReader.maximumReferenceBytes
    /// Bytes of texts that were sent by reference so far.
    private(set) var savedBytes = 0
    /// The message's references have reached their limit, or the receiver has more records than its filter lists.
    private(set) var isFull = false

    init(_ store: Store, heldThere held: Vector, filter: KeyFilter?) {
        self.store = store
        self.held = held
        self.filter = filter
    }

    /// - Returns: the transaction, with references where possible, and how many bytes of texts these replace.
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

    /// Refers to a record in a source.
    /// - Returns: false if that is impossible.
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

    /// Replaces texts that the receiver has by their hashes.
    /// - Returns: by how many bytes the record became shorter.
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

    /// Finds the record, or one with an equal long value, at the receiver.
    private mutating func find(_ record: RecordChanges, misses: inout Int) throws -> Find? {
        var found: Find?
        for (index, source) in open.enumerated() {
            guard let (place, isSame) = source.likeness(of: record) else { continue }
            if isSame { return Find(place: place, index: index, isSame: true) }
            if found == nil { found = Find(place: place, index: index, isSame: false) }
        }
        guard misses < Self.maximumMisses,
            // Two long values are not equal by chance.
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
    /// The bytes of its inline values.
    var textBytes: Int { fields.reduce(0) { $0 + ($1.value.text?.count ?? 0) } }
}
