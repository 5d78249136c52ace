/// Bounds on what an import takes in, so that memory stays flat whatever a file holds. They match the
/// protocol's own limits: nothing is read that could not be stored.
public enum SourceLimits {
    /// One field's canonical JSON.
    public static let maximumValueBytes = 16 << 20
    /// One line, paragraph or element of an array: a value of the greatest size and what names it.
    public static let maximumLineBytes = maximumValueBytes + 64 << 10
    /// One Markdown file.
    public static let maximumFileBytes = 32 << 20
    /// Front matter that is read as YAML; our own, line by line as JSON, is bounded by the file.
    public static let maximumYAMLBytes = 1 << 20
    public static let maximumFieldNameBytes = 512
    public static let maximumKindBytes = 64
    /// Fields and tags of one record: one transaction must be able to carry them.
    public static let maximumFields = 10_000
    /// Folders inside one another.
    public static let maximumFolderDepth = 64
    public static let maximumFolderEntries = 1_000_000
    /// What recognition looks at.
    public static let recognitionBytes = 64 << 10
}
