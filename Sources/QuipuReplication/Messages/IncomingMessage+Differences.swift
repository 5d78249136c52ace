internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

extension IncomingMessage {
    /// The transactions, with texts that were sent as differences in place of their hashes, so that both are applied
    /// in the same commit.
    ///
    /// If a base is missing because its text was dropped, or a difference does not yield the stated text, the hash
    /// stays, and the text is requested later like any other missing text.
    func transactions(completedFrom store: Store) throws -> [Transaction] {
        var completion = DifferenceResolution()
        return try completion.complete(transactions, by: differences, from: store)
    }
}

/// Reconstructs texts that were sent as differences, and puts them into the transactions that refer to them by hash.
struct DifferenceResolution {
    /// The bytes to which the differences of one message have expanded, bases included. Sixty bytes can name a base
    /// of two megabytes, again and again.
    private var usedBytes = 0

    mutating func complete(
        _ transactions: [Transaction], by differences: [TextDifference], from store: Store
    ) throws -> [Transaction] {
        if differences.isEmpty { return transactions }
        let texts = try self.texts(of: differences, at: Self.placesByHash(in: transactions), from: store)
        if texts.isEmpty { return transactions }
        return transactions.map { transaction in
            var transaction = transaction
            for record in transaction.records.indices {
                for field in transaction.records[record].fields.indices {
                    let change = transaction.records[record].fields[field]
                    if case .hash(let hash) = change.value, let text = texts[hash] {
                        transaction.records[record].fields[field].value = .text(text)
                    }
                }
            }
            return transaction
        }
    }

    private struct Place {
        var record: RecordID
        var kind: String
        var field: String
    }

    /// Only changes that replace something are sent as differences.
    private static func placesByHash(in transactions: [Transaction]) -> [ValueHash: Place] {
        var found: [ValueHash: Place] = [:]
        for record in transactions.lazy.flatMap(\.records) {
            for change in record.fields where !change.replaces.isEmpty {
                guard case .hash(let hash) = change.value else { continue }
                found[hash] = Place(record: record.id, kind: record.kind, field: change.field)
            }
        }
        return found
    }

    /// The reconstructed texts. The base of each is a stored text or the result of an earlier difference.
    private mutating func texts(
        of differences: [TextDifference], at places: [ValueHash: Place], from store: Store
    ) throws -> [ValueHash: [UInt8]] {
        var texts: [ValueHash: [UInt8]] = [:]
        for difference in differences where texts[difference.hash] == nil {
            guard let place = places[difference.hash],
                let base = try texts[difference.base]
                    ?? store.texts.text(
                        of: difference.base, shownBy: place.field, of: place.record, kind: place.kind)
            else { continue }
            usedBytes += base.count + difference.totalBytes
            if usedBytes > MessageReader.maximumDifferenceBytes { break }
            if let text = difference.text(from: base), Texts.isText(text, of: difference.hash) {
                texts[difference.hash] = text
            }
        }
        return texts
    }
}
