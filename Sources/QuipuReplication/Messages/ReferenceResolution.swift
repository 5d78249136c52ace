internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Rebuilds the transactions of one message from references to what is stored here.
///
/// The result is applied only where chain ends prove it (`Store.apply(_:provedBy:)`).
struct ReferenceResolution {
    /// Transactions that were used last: the next references are mostly to the same ones.
    private static let maximumOpen = 4

    private let store: Store
    private var leftBytes = MessageReader.maximumReferenceBytes
    /// Transactions of this message that are not stored yet.
    private var rebuilt: [TransactionName: Transaction] = [:]
    private var open: [Transaction] = []
    /// A key matches no record here: it was a false positive of the filter.
    private(set) var lacksKey = false

    init(_ store: Store) { self.store = store }

    /// - Parameter unsent: the records that keys refer to; nil if none are known.
    /// - Returns: the transactions before the first that cannot be rebuilt, and whether these are all.
    mutating func rebuild(
        _ told: [ReferringTransaction], unsent: inout UnsentRecords?
    ) throws -> (transactions: [Transaction], isWhole: Bool) {
        var transactions: [Transaction] = []
        transactions.reserveCapacity(told.count)
        for told in told {
            var transaction = told.transaction
            if told.isIncomplete {
                guard let records = try records(of: told, &unsent) else { return (transactions, false) }
                guard try lend(told.lenders, to: &transaction) else { return (transactions, false) }
                transaction.records = (transaction.records + records).sorted(by: Self.precedes)
            }
            rebuilt[transaction.name] = transaction
            transactions.append(transaction)
        }
        return (transactions, true)
    }

    /// Rebuilds transactions from a caller, which sends no keys.
    mutating func rebuild(_ told: [ReferringTransaction]) throws -> (
        transactions: [Transaction], isWhole: Bool
    ) {
        var none: UnsentRecords?
        return try rebuild(told, unsent: &none)
    }

    /// Notes that the transactions rebuilt so far are stored.
    mutating func noteStored() { rebuilt = [:] }

    private static func precedes(_ left: RecordChanges, _ right: RecordChanges) -> Bool {
        left.id != right.id ? left.id < right.id : left.kind.utf8Precedes(right.kind)
    }

    private mutating func records(
        of told: ReferringTransaction, _ unsent: inout UnsentRecords?
    ) throws -> [RecordChanges]? {
        guard var records = try self.records(of: told.sources) else { return nil }
        for key in told.keys {
            guard let record = try unsent?.take(key, from: store) else {
                lacksKey = true
                return nil
            }
            guard spend(record.textBytes) else { return nil }
            records.append(record)
        }
        return records
    }

    private mutating func spend(_ bytes: Int) -> Bool {
        leftBytes -= bytes
        return leftBytes >= 0
    }

    private mutating func records(of sources: [RecordSource]) throws -> [RecordChanges]? {
        var records: [RecordChanges] = []
        for source in sources {
            guard let transaction = try transaction(source.name),
                spend(transaction.records.reduce(0) { $0 + $1.textBytes })
            else { return nil }
            for place in source.places.joined() {
                guard place < transaction.records.count, spend(transaction.records[place].textBytes) else {
                    return nil
                }
                records.append(transaction.records[place])
            }
        }
        return records
    }

    /// Replaces hashes by texts.
    /// - Returns: false if a record is missing.
    private mutating func lend(_ lenders: [RecordSource], to transaction: inout Transaction) throws -> Bool {
        guard let records = try records(of: lenders) else { return false }
        if records.isEmpty { return true }
        let byID = Dictionary(grouping: records, by: \.id)
        for (place, record) in transaction.records.enumerated() {
            for lender in byID[record.id] ?? [] where lender.kind == record.kind {
                for (field, change) in record.fields.enumerated() {
                    guard case .hash(let hash) = change.value,
                        let text = lender.fields.first(where: { $0.field == change.field })?.value.text,
                        ValueHash(of: text) == hash
                    else { continue }
                    transaction.records[place].fields[field].value = .text(text)
                }
            }
        }
        return true
    }

    private mutating func transaction(_ name: TransactionName) throws -> Transaction? {
        if let transaction = rebuilt[name] { return transaction }
        if let transaction = open.first(where: { $0.name == name }) { return transaction }
        guard let transaction = try store.log.transaction(name) else { return nil }
        open.insert(transaction, at: 0)
        if open.count > Self.maximumOpen { open.removeLast() }
        return transaction
    }
}
