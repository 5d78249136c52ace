internal import QuipuStorage

/// An item of a source, as an import read it: the scope of the source's ids, and the id.
public struct ImportedItem: Hashable, Sendable {
    /// A producer and its library or feed, or for plain files the collection.
    public let scope: String
    public let id: String

    /// Makes an item from its scope and its id.
    public init(scope: String, id: String) {
        self.scope = scope
        self.id = id
    }

    init(_ source: ItemSource) { self.init(scope: source.scope, id: source.id) }

    var stored: ItemSource { ItemSource(scope: scope, id: id) }
}

/// A record out of which an item was taken, and the new one.
public struct SplitRecord: Sendable {
    public let record: RecordID
    public let new: RecordID
    public let item: ImportedItem
    /// The fields that the new record has.
    public let fields: [String]
    /// Fields of the item whose values are not in the archive: they come when its file is imported again.
    public let lacking: [String]
    /// Fields that the record keeps as they were, since what other items gave in them is not in the archive.
    public let kept: [String]

    init(_ outcome: SplitOutcome) {
        record = RecordID(outcome.from, kind: outcome.kind)
        new = RecordID(outcome.id, kind: outcome.kind)
        item = ImportedItem(outcome.item)
        (fields, lacking, kept) = (outcome.fields, outcome.lacking, outcome.kept)
    }
}
