import QuipuCBOR
import QuipuCausality
import QuipuWire

extension FuzzTarget {
    /// A transaction has one form only, or one transaction could have two chain hashes: what is read is written
    /// with the same bytes.
    static let cbor = FuzzTarget(
        name: "cbor", subject: "CBOR: items, transactions, headers", maximumInputBytes: 4_096
    ) { bytes in
        let all = Array(bytes)
        var items = CBORReader(all[...])
        do {
            while !items.isAtEnd { try items.skip() }
        } catch { try expect(error is WireError, "skipping threw \(error)") }

        var reader = CBORReader(all[...])
        if let transaction = try? Transaction(from: &reader) {
            var writer = CBORWriter()
            transaction.write(to: &writer)
            try expect(
                all.starts(with: writer.bytes), "a transaction is read from bytes that it is not written as")
            try expect(
                reader.isAtEnd == (writer.bytes.count == all.count), "a transaction's end is not where it was"
            )
            try? transaction.validate()
            try expect(
                transaction.largestSizeOnTheWire >= writer.bytes.count || hasLongValue(transaction),
                "a transaction of \(writer.bytes.count) bytes says \(transaction.largestSizeOnTheWire)")
        }

        reader = CBORReader(all[...])
        if let header = try? MessageHeader(from: &reader) {
            var writer = CBORWriter()
            header.write(to: &writer)
            var again = CBORReader(writer.bytes[...])
            try expect(try MessageHeader(from: &again) == header, "a header is not written as it was read")
        }
    }

    /// Such a one is to travel by itself, and counts as its hash.
    private static func hasLongValue(_ transaction: Transaction) -> Bool {
        transaction.records.contains { record in
            record.fields.contains { ($0.value.text?.count ?? 0) > Limits.inlineValueBytes }
        }
    }
}
