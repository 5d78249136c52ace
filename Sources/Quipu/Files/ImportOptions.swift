internal import QuipuFormats

/// How to import.
public struct ImportOptions: Sendable {
    /// The name of the collection to add the articles to; created if there is none.
    public var collection: String?
    /// Imports a state that was imported before, although a newer one was imported since.
    public var takesOldStates = false
    /// Restores the articles of the source that were deleted, or whose import was undone. A person restores them: the author.
    public var restoresDeleted = false

    /// Imports into no collection, without old states and deleted records.
    public init() {}
}

/// How a source is read.
public struct ReadingOptions: Sendable {
    /// For tables: the field that a column stands for, as in `["published": "date"]`.
    public var fieldsByName: [String: String] = [:]
    /// Whether each page, book or PDF is kept as an attachment of its article.
    public var keepsOriginals = false
    /// The `quipu` program that reads files of other programs in a process of its own; nil finds it beside this program and
    /// on `PATH`. A program that calls ``ImportSource/becomeReaderIfAsked()`` where it begins needs none.
    public var readerProgram: String?
    /// The address of Zotero's interface, including the library; nil for the Zotero that runs on this machine.
    public var zoteroAddress: String?

    /// The default: columns by their own names, and no originals kept.
    public init() {}

    func stored(address: String? = nil) -> SourceOptions {
        var options = SourceOptions()
        options.fieldsByName = fieldsByName
        options.keepsOriginals = keepsOriginals
        options.address = address
        return options
    }

    var processes: ReaderProcesses { ReaderProcesses(program: readerProgram.map { ReaderProgram(path: $0) }) }
}
