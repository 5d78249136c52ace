internal import QuipuCausality
internal import QuipuStorage

/// Texts that are too long for the transactions that have them, and travel beside these.
struct LongTexts {
    /// Where a long text is the value of a field.
    private struct Place: Hashable {
        var record: RecordID
        var kind: String
        var field: String
        var name: TransactionName
    }

    private var found: [Place: ValueHash] = [:]

    /// Takes the transactions of a log, in its order.
    mutating func note(_ transaction: Transaction) {
        for record in transaction.records {
            for change in record.fields {
                var place = Place(
                    record: record.id, kind: record.kind, field: change.field, name: transaction.name)
                if case .hash(let hash) = change.value { found[place] = hash }
                if found.isEmpty { continue }
                for replaced in change.replaces {
                    place.name = replaced
                    found[place] = nil
                }
            }
        }
    }

    /// Of versions that none of the transactions replaces; each once.
    var hashes: [ValueHash] { Set(found.values).sorted() }
}
