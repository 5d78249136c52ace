internal import QuipuCBOR
public import QuipuCausality

extension RecordChanges {
    /// A short hash of its contents, the same in every transaction: the first half of BLAKE2b-128 over a CBOR array
    /// of
    ///
    ///     "quipu record key 1", salt, id, kind, [[field, value hash, [replaced name…]]…]
    ///
    /// with the names sorted.
    public func key(salt: UInt64) -> UInt64 {
        var writer = CBORWriter(capacityBytes: 512)
        writer.array(count: 5)
        writer.text("quipu record key 1")
        writer.unsigned(salt)
        writer.identifier(id)
        writer.text(kind)
        writer.array(count: fields.count)
        for change in fields {
            writer.array(count: 3)
            writer.text(change.field)
            writer.hash(change.value.hash)
            writer.names(change.replaces.sorted())
        }
        return UInt64(truncatingIfNeeded: BLAKE2b.hash16(writer.bytes) >> 64)
    }

    /// Whether both have the same contents; the order of replaced names does not matter.
    public func saysTheSame(as other: RecordChanges) -> Bool {
        guard id == other.id, kind == other.kind, fields.count == other.fields.count else { return false }
        return zip(fields, other.fields).allSatisfy { own, other in
            own.field == other.field && own.value == other.value
                && (own.replaces == other.replaces || own.replaces.sorted() == other.replaces.sorted())
        }
    }
}
