@_spi(_Unicode) import Swift

/// Why a transaction is invalid.
public struct InvalidTransaction: Error, Sendable, CustomStringConvertible {
    public let name: TransactionName?
    public let reason: String

    public init(name: TransactionName?, reason: String) {
        self.name = name
        self.reason = reason
    }

    public var description: String {
        "transaction \(name.map(\.description) ?? "without a name") is malformed: \(reason)"
    }
}

extension Transaction {
    /// An upper bound of its encoded size; values that are sent separately count as their hashes.
    public var largestSizeOnTheWire: Int {
        largestSizeOnTheWire(ofRecords: records.reduce(0) { $0 + $1.largestSizeOnTheWire })
    }

    /// The same, of a transaction whose records were measured before.
    /// - Parameter recordBytes: the sum of their own upper bounds.
    public func largestSizeOnTheWire(ofRecords recordBytes: Int) -> Int {
        8 * (WireSize.name + WireSize.head) + author.utf8.count + unknown.count
            + WireSize.name * observed.count + (WireSize.name + 2 * WireSize.head) * (note?.spans.count ?? 0)
            + recordBytes
    }

    /// Checks order and limits; callers that know JSON check the values.
    public func validate() throws(InvalidTransaction) {
        func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(InvalidTransaction) {
            if !condition { throw InvalidTransaction(name: name, reason: reason()) }
        }
        try require(name.sequence > 0 && name.sequence <= UInt64(Int64.max), "its sequence is out of range")
        try require(
            (previous == nil && root == nil) || name.sequence == 1,
            "only the first of a name tells what was before it")
        try require(previous == nil || root == nil, "it names its predecessor twice")
        try require(stamp.rawValue <= UInt64(Int64.max), "its stamp is out of range")
        try require(author.utf8.count <= Limits.authorBytes, "its author's name is too long")
        try require(
            observed.count <= Limits.observedTransactions, "it lists too many transactions as observed")
        try require(unknown.count <= Limits.unknownBytes, "its unknown members are too large")
        try require(note.map { $0.spans.count <= Limits.noteSpans } ?? true, "its clock note is too long")
        try require(records.count <= Limits.changesPerTransaction, "it has too many records")
        var count = 0
        for (index, record) in records.enumerated() {
            if index > 0 {
                let before = records[index - 1]
                try require(
                    before.id < record.id || before.id == record.id && before.kind.utf8Precedes(record.kind),
                    "its records are out of order")
            }
            let kindSize = record.kind.utf8.count
            try require(kindSize > 0 && kindSize <= Limits.kindBytes, "a kind's name is empty or too long")
            try require(record.kind.isNFC, "a kind's name is not in normal form C")
            try require(!record.fields.isEmpty, "it names a record without changing it")
            count += record.fields.count
            try require(count <= Limits.changesPerTransaction, "it has too many changes")
            for (place, change) in record.fields.enumerated() {
                let size = change.field.utf8.count
                try require(size > 0 && size <= Limits.fieldNameBytes, "a field's name is empty or too long")
                try require(change.field.isNFC, "a field's name is not in normal form C")
                try require(
                    place == 0 || record.fields[place - 1].field.utf8Precedes(change.field),
                    "its fields are out of order")
                try require(
                    change.replaces.count <= Limits.replacedVersions, "a change replaces too many versions")
                try require((change.value.text?.count ?? 0) <= Limits.valueBytes, "a value is too long")
            }
        }
    }
}

extension RecordChanges {
    /// An upper bound of their encoded size.
    public var largestSizeOnTheWire: Int { sizes.onTheWire }

    /// Bytes of the texts of all values, and `largestSizeOnTheWire`.
    public var sizes: (values: Int, onTheWire: Int) {
        var values = 0
        var wire = 4 * WireSize.head + 16 + kind.utf8.count
        for change in fields {
            wire += 4 * WireSize.head + change.field.utf8.count + WireSize.name * change.replaces.count
            let text = change.value.text?.count
            values += text ?? 0
            if let text, text <= Limits.inlineValueBytes { wire += text } else { wire += WireSize.hash }
        }
        return (values, wire)
    }
}

/// Upper bounds of the encoded sizes of a transaction's parts.
private enum WireSize {
    /// Origin, sequence and their heads.
    static let name = 28
    static let hash = 34
    /// The head of any other list or map.
    static let head = 9
}

extension String {
    /// The order of the UTF-8 bytes, the same in every version of Unicode.
    public func utf8Precedes(_ other: String) -> Bool {
        let answer = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                for index in 0..<min(left.count, right.count) where left[index] != right[index] {
                    return left[index] < right[index]
                }
                return left.count < right.count
            }
        }
        return (answer ?? nil) ?? utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// Names are in normal form C, so that equality of strings is equality of bytes.
    var isNFC: Bool {
        utf8.withContiguousStorageIfAvailable { $0.reduce(0) { $0 | $1 } < 0x80 } ?? false
            || unicodeScalars.elementsEqual(_nfc)
    }
}
