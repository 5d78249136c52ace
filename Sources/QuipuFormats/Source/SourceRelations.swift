/// What ties an item to others of its source, and to files beside it.
public struct SourceRelations: Sendable, Equatable {
    /// Names the item within its source, so that later items can belong to it; not kept.
    public var key: String?
    /// The `key` of the earlier item that this one belongs to: the article of an annotation, note or attachment.
    public var parent: String?
    /// The collections that the item is in, each as the names from the outermost to its own.
    public var collections: [[String]] = []
    /// Of an annotation: what it is about.
    public var passage: SourcePassage?
    /// Of an attachment: where its bytes are.
    public var file: SourceFile?

    public init() {}

    public static let none = SourceRelations()
}

/// A passage of a text, as another program tells it.
public struct SourcePassage: Sendable, Equatable {
    public var exact: String
    public var prefix: String
    public var suffix: String
    /// Where in the other program's text the passage begins, in its own units, and how long that text is as far as it is
    /// told: a hint in proportion, since others count UTF-16 units of whole pages.
    public var start: Int?
    public var length: Int?

    public init(
        exact: String, prefix: String = "", suffix: String = "", start: Int? = nil, length: Int? = nil
    ) {
        self.exact = exact
        self.prefix = prefix
        self.suffix = suffix
        self.start = start
        self.length = length
    }
}

/// The bytes of an attachment.
public enum SourceFile: Sendable, Equatable {
    /// A path as the source wrote it: relative to its folder, and to be checked before it is opened.
    case path(String)
    /// At most `SourceLimits.maximumFileBytes`.
    case bytes([UInt8])
}
