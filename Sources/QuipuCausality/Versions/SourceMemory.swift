/// Fields in which the program remembers what a source gave: `from/` and the scope of the source's ids.
///
/// Their heads are a set, one for each item: they are never in conflict, and no delete has to have seen them.
public enum SourceMemory {
    public static let prefix = "from/"

    public static func isMemory(_ field: String) -> Bool { field.utf8.starts(with: prefix.utf8) }
}

extension FieldVersions {
    /// Whether a field of this name, with these versions, has several heads that differ and must be settled.
    public func isInConflict(as field: String) -> Bool { isInConflict && !SourceMemory.isMemory(field) }
}
