internal import QuipuCBOR
internal import QuipuCanonicalJSON
internal import QuipuCausality

/// What can be said of a transaction without looking at the archive: whether it obeys the rules, and the hashes that
/// applying it takes.
struct Examination: Sendable {
    /// Why it is not one.
    var flaw: InvalidTransaction?
    /// The hash of each change's value, in order.
    var values: [ValueHash] = []
    /// Of a transaction by the program, each change's part of the digest where the field begins with it; otherwise the
    /// keys of versions depend on what is before, and there are none.
    var terms: [UInt128] = []

    init(of transaction: Transaction) {
        do {
            try transaction.validate()
        } catch {
            flaw = error
            return
        }
        let count = transaction.records.reduce(0) { $0 + $1.fields.count }
        values.reserveCapacity(count)
        if transaction.isByProgram { terms.reserveCapacity(count) }
        var room = CBORWriter(capacityBytes: 1_024)
        for record in transaction.records {
            for change in record.fields {
                if case .text(let json) = change.value, !isCanonicalJSON(json) {
                    flaw = InvalidTransaction(
                        name: transaction.name, reason: "the value of '\(change.field)' is not canonical JSON"
                    )
                    return
                }
                let value = change.value.hash
                values.append(value)
                if transaction.isByProgram {
                    terms.append(
                        change.isPlainAtFirst ? Self.term(of: change, value, in: record, &room) : 0)
                }
            }
        }
    }

    private static func term(
        of change: FieldChange, _ value: ValueHash, in record: RecordChanges, _ room: inout CBORWriter
    ) -> UInt128 {
        let key = VersionKey(
            byProgram: value, record: record.id, kind: record.kind, field: change.field, replaces: [],
            in: &room)
        return Digest.term(
            record: record.id, kind: record.kind, field: change.field, key: key, value: value, in: &room)
    }
}

extension FieldChange {
    /// A field that a record begins with can be plain: nothing replaced, and its text is here and travels with its
    /// transaction. A longer one is asked for by its hash, and is found by its row in `version`.
    var isPlainAtFirst: Bool {
        guard replaces.isEmpty, let text = value.text else { return false }
        return text.count <= Limits.inlineValueBytes
    }
}
