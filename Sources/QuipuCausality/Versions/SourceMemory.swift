/// Fields in which the program stores what a source had: `from/` and the scope of the source's ids.
///
/// Their heads are a set, one for each item: they are never in conflict, and deletes need not observe them.
public enum SourceMemory {
    public static let prefix = "from/"

    public static func isMemory(_ field: String) -> Bool { field.utf8.starts(with: prefix.utf8) }
}

extension FieldVersions {
    /// Whether a field of this name has several heads that differ and must be resolved.
    public func isInConflict(as field: String) -> Bool { isInConflict && !SourceMemory.isMemory(field) }
}
