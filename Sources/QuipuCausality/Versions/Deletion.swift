/// What a delete saw, held against the heads of the record and of what hangs on it.
public enum Deletion {
    /// The heads made by hand that no standing delete has seen: what puts a deleted record in conflict.
    ///
    /// A merge counts as the versions it merged; having seen a version is having seen all that it replaces.
    /// - Parameters:
    ///   - versions: one field of the record or of a record that hangs on it; never `deleted`.
    ///   - seen: the log positions that the standing deletes list, all together.
    public static func unobservedHeads(of versions: FieldVersions, observed: Set<Int64>) -> [Version] {
        let known = versions.versions.filter { version in
            version.members.contains { observed.contains($0.position) }
        }
        let covered = versions.past(of: known).union(known.map(\.key))
        return versions.heads.filter { head in
            if head.isByHand { return !covered.contains(head.key) }
            return head.isMerge && head.replaces.contains { !covered.contains($0) }
        }
    }
}
