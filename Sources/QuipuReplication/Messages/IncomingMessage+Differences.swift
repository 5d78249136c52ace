internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

extension IncomingMessage {
    /// The transactions with the texts that came as differences in place of their hashes, as if they had come whole:
    /// so they are applied in the same commit.
    ///
    /// Where a base is not here, since its text was dropped, or something else comes of a difference than it says, the
    /// hash stays: a text that is then missing is asked for like any other.
    func transactions(completedFrom store: Store) throws -> [Transaction] {
        var completion = DifferenceResolution()
        return try completion.complete(transactions, by: differences, from: store)
    }
}

/// Puts texts that came as differences into the transactions that name them by their hashes.
struct DifferenceResolution {
    /// What the differences of one message expanded to, with the texts that they were told from. Sixty bytes can name two
    /// megabytes as their base, and do so again and again.
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

    /// Of changes that replace something: no others are told as differences.
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

    /// What comes of the differences, each told from a text that is here or from what came of one before it.
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
