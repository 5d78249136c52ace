internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Tells long texts of a message as what differs from versions that the receiver has.
///
/// A change names the versions that it replaces, and those that the receiver's vector covers it has, unless it has
/// dropped their texts. What was told as a difference in the same message serves too. A text that came whole in the same
/// message does not, since the message's own compression sees it; and where nothing is replaced nothing is looked for.
struct OutgoingDifferences {
    /// Versions that a change replaces and that are tried: a resolution is mostly like one of its two.
    private static let maximumBases = 2

    private let store: Store
    private let held: Vector
    private var told: Set<ValueHash> = []
    private var leftBytes = MessageReader.maximumDifferenceBytes
    /// A text went without, since the message's differences expand to enough already.
    private(set) var isFull = false

    init(_ store: Store, heldThere held: Vector) {
        self.store = store
        self.held = held
    }

    /// Puts hashes in place of texts.
    /// - Returns: the differences of those, and how many bytes of texts the transaction is shorter by.
    mutating func take(from transaction: inout Transaction) throws -> (
        differences: [TextDifference], savedBytes: Int
    ) {
        var differences: [TextDifference] = []
        var savedBytes = 0
        for (place, record) in transaction.records.enumerated() {
            for (field, change) in record.fields.enumerated() where !change.replaces.isEmpty {
                guard let difference = try difference(of: change, in: record) else { continue }
                differences.append(difference)
                savedBytes += change.value.text?.count ?? 0
                transaction.records[place].fields[field].value = .hash(difference.hash)
            }
        }
        return (differences, savedBytes)
    }

    private mutating func difference(of change: FieldChange, in record: RecordChanges) throws
        -> TextDifference?
    {
        if let text = change.value.text, text.count < TextDifference.leastTextBytes { return nil }
        let bases = try bases(of: change, in: record)
        // One that stands by its hash is longer than a transaction holds, or dropped.
        guard !bases.isEmpty,
            let text = try change.value.text ?? store.texts.text(of: change.value.hash)
        else { return nil }
        let hash = change.value.hash
        var best: (difference: TextDifference, costBytes: Int)?
        for base in bases {
            guard let baseText = try store.texts.text(of: base) else { continue }
            let costBytes = baseText.count + text.count
            if costBytes > leftBytes {
                isFull = true
                continue
            }
            guard let difference = TextDifference(of: text, hash, from: baseText, base) else { continue }
            if difference.bytes.count < best?.difference.bytes.count ?? .max {
                best = (difference, costBytes)
            }
        }
        guard let best else { return nil }
        leftBytes -= best.costBytes
        told.insert(hash)
        return best.difference
    }

    private func bases(of change: FieldChange, in record: RecordChanges) throws -> [ValueHash] {
        var found: [ValueHash] = []
        for name in change.replaces where found.count < Self.maximumBases {
            let isHeld = held.contains(name)
            guard isHeld || !told.isEmpty,
                let value = try store.texts.value(
                    of: change.field, in: record.id, kind: record.kind, by: name)
            else { continue }
            if isHeld || told.contains(value) { found.append(value) }
        }
        return found
    }
}
