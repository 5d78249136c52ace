/// What a delete saw, held against the heads of the record and of what hangs on it.
public enum Deletion {
    /// The heads made by hand that no standing delete has seen: what puts a deleted record in conflict.
    ///
    /// A merge counts as the versions it merged; having seen a version is having seen all that it replaces.
    /// - Parameters:
    ///   - versions: one field of the record or of a record that hangs on it; never `deleted`.
    ///   - seen: the log positions that the standing deletes list, all together.
    public static func unseenHeads(of versions: FieldVersions, seen: Set<Int64>) -> [Version] {
        var covered: Set<VersionKey> = []
        for version in versions.versions where version.members.contains(where: { seen.contains($0.position) })
        {
            covered.insert(version.key)
            covered.formUnion(versions.past(of: version))
        }
        return versions.heads.filter { head in
            if head.isByHand { return !covered.contains(head.key) }
            return head.isMerge && head.replaces.contains { !covered.contains($0) }
        }
    }
}
