/// Compares what a delete observed with the heads of the record and of its dependents.
public enum Deletion {
    /// Returns the heads made by hand that no current delete has observed: they put a deleted record in conflict.
    ///
    /// A merge counts as the versions that it merged; observing a version includes everything that it replaces.
    /// - Parameters:
    ///   - versions: one field of the record or of a dependent record; never `deleted`.
    ///   - observed: the log positions that the current deletes list, all together.
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
