/// What makes an edit a purge. A purge is an ordinary transaction, so that every version of the program relays it:
/// made by hand, it deletes a record and sets its other fields to `null`. Such a null replaces every import of its
/// field, whether its author had observed it or not, earlier or later; only concurrent edits by hand remain. Texts of
/// versions that do not come after every purge of their field, and are not heads, are neither kept nor sent.
public enum Purge {
    /// Whether a transaction's changes to a record purge the fields that it sets to null.
    /// - Parameter deleted: the value that it gives the record's `deleted`; nil if it does not set it.
    public static func isPurge(deleted: ValueHash?, isByHand: Bool) -> Bool {
        isByHand && deleted == JSONLiteral.trueHash
    }

    /// Whether a version that a transaction makes is a purge.
    /// - Parameter purges: whether its transaction purges the record.
    public static func isPurge(_ value: ValueHash, of field: String, purges: Bool) -> Bool {
        purges && value == JSONLiteral.nullHash && field != "deleted"
    }

    /// Fields that relate a record to others and to its sources: a purge does not change them. Records that depend on
    /// it keep their relation, and an import still finds the record, so that it does not come back as a new one.
    public static func leaves(_ field: String) -> Bool {
        field == "deleted" || field == "target" || field == "mergedInto" || field.hasPrefix("from/")
    }
}

extension FieldVersions {
    /// Versions whose texts may neither be kept nor sent: the field was purged since, or they were written without
    /// knowledge of a purge and are not heads any more.
    public var forgotten: [Version] {
        if !isPurged { return [] }
        var found: Set<VersionKey> = []
        for purge in versions where purge.isPurge {
            // A version comes after all that it replaces.
            var knowing: Set<VersionKey> = [purge.key]
            for version in versions where version.key != purge.key {
                if version.replaces.contains(where: knowing.contains) {
                    knowing.insert(version.key)
                } else {
                    found.insert(version.key)
                }
            }
        }
        return versions.filter { found.contains($0.key) && !$0.isHead && !$0.isPurge }
    }

    /// The values that only such versions have.
    public var forgottenValues: Set<ValueHash> {
        let forgotten = forgotten
        if forgotten.isEmpty { return [] }
        let keys = Set(forgotten.map(\.key))
        let kept = Set(versions.filter { !keys.contains($0.key) }.map(\.value))
        return Set(forgotten.map(\.value)).subtracting(kept)
    }
}
