/// A format of other programs: how it is recognised, read and described.
public struct FormatEntry: Sendable {
    public let format: SourceFormat
    /// With its article, as in "a RIS file".
    public let name: String
    /// Which of its names become which field, as the format writes them; the others are kept under `x-`.
    public let fields: [(field: String, names: [String])]
    let isRecognised: @Sendable (SourceStart) -> Bool
    let open: @Sendable (ByteSource, SourceOptions) throws(InterchangeError) -> any SourceReader

    init(
        _ format: SourceFormat, name: String, fields: [(field: String, names: [String])],
        isRecognised: @escaping @Sendable (SourceStart) -> Bool,
        open: @escaping @Sendable (ByteSource, SourceOptions) throws(InterchangeError) -> any SourceReader
    ) {
        self.format = format
        self.name = name
        self.fields = fields
        self.isRecognised = isRecognised
        self.open = open
    }
}

/// What an import says about a source that the source does not say itself.
public struct SourceOptions: Sendable, Equatable {
    /// Of a table or of plain JSON: the field that a name of the source stands for, as in `published` for `date`.
    public var fieldsByName: [String: String] = [:]
    /// The address that the source was fetched from: relative links are resolved against it, and a feed's scope is it.
    public var address: String?
    /// Whether each page, book or PDF is kept as an attachment of its article.
    public var keepsOriginals = false

    public init() {}

    public static let none = SourceOptions()
}
