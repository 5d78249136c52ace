internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Encodes long texts of a message as differences from versions that the receiver has.
///
/// A change names the versions that it replaces. The receiver has those that its vector covers, unless it has dropped
/// their texts. A text that was sent as a difference in the same message can be a base too. A text that was sent
/// whole in the same message is no base, since the message's own compression covers that; and a change that replaces
/// nothing has no base.
struct OutgoingDifferences {
    /// The number of replaced versions that are tried as bases: a resolution is mostly similar to one of its two.
    private static let maximumBases = 2

    private let store: Store
    private let held: Vector
    private var told: Set<ValueHash> = []
    private var leftBytes = MessageReader.maximumDifferenceBytes
    /// A text was sent whole because the differences of this message expand to enough already.
    private(set) var isFull = false

    /// Longer ones are not sent.
    private let maximumBytes: Int

    init(_ store: Store, heldThere held: Vector, maximumBytes: Int = .max) {
        self.store = store
        self.maximumBytes = maximumBytes
        self.held = held
    }

    /// Replaces texts by their hashes.
    /// - Returns: the differences of these texts, and by how many bytes of texts the transaction became shorter.
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
        // A text that is represented by its hash is longer than a transaction may hold, or was dropped.
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
        guard let best, best.difference.bytes.count <= maximumBytes else { return nil }
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
