internal import QuipuStorage

/// A record with all that belongs to it, read in one view of the archive.
///
///     let page = try archive.read { try $0.page(of: id) }
///     for item in page?.dependents ?? [] { print(item.record.caption ?? "", item.passage ?? .lost) }
public struct RecordPage: Sendable {
    /// What belongs to the record: an annotation, a note, an attachment.
    public struct Dependent: Sendable {
        public let record: Record
        /// Where in the record's text it is; nil for what is about the record as a whole.
        public let passage: Passage?
        /// Nil for what is no attachment.
        public let file: AttachedFile?
        /// Who added it.
        public let author: String
        /// An import added it, not a person.
        public let isByProgram: Bool
        /// When, in Unix milliseconds.
        public let timeMilliseconds: Int64
    }

    public let record: Record
    /// Where it was imported from: the scope of the source's ids and the id, `plain:Press 42`.
    public let sources: [String]
    /// The names of the collections that it is in; of one without a name its handle.
    public let collectionNames: [String]
    /// Those deleted left out.
    public let dependents: [Dependent]
    /// What it belongs to itself.
    public let target: Record?
    /// Where in the target's text it is.
    public let passage: Passage?
    /// Fields whose text is not here: it was forgotten, or has not arrived yet.
    public let missingTexts: [String]
    /// The same with their sizes, and the mirrors that have them.
    public let waitingTexts: [WaitingText]
    /// Its own file; nil for what is no attachment.
    public let file: AttachedFile?

    init(of record: QuipuStorage.Record, in store: Store) throws {
        self.record = Record(record)
        sources = record.sources
        collectionNames = try record.elements(of: "collections").map { try store.collectionName($0) }
        let attached = try store.records.attachments(to: record.id)
        // Normalising a long text is worth it only when something quotes it.
        let text =
            attached.contains { $0["quote"] != nil } ? record.string("body").map { PassageText($0) } : nil
        dependents = try attached.map {
            let first = try store.log.addition(of: $0)
            return Dependent(
                record: Record($0), passage: Self.passage(of: $0, in: text),
                file: try AttachedFile($0, in: store), author: first?.author ?? "",
                isByProgram: first?.isByProgram ?? false, timeMilliseconds: first?.timeMilliseconds ?? 0)
        }
        file = try AttachedFile(record, in: store)
        waitingTexts = try store.texts.waiting(of: record).map { WaitingText($0) }
        missingTexts = waitingTexts.map(\.field)
        let target = try record.string("target").flatMap { try store.records.target($0) }
        self.target = target.map { Record($0) }
        passage = Self.passage(
            of: record, in: record["quote"] == nil ? nil : target?.string("body").map { PassageText($0) })
    }

    private static func passage(of annotation: QuipuStorage.Record, in text: PassageText?) -> Passage? {
        guard let text,
            let selector = TextSelector(quote: annotation["quote"], position: annotation["position"])
        else { return nil }
        return Passage(text.find(selector))
    }
}

extension Snapshot {
    /// A record with all that belongs to it; nil if there is none of that id.
    public func page(of id: RecordID) throws(QuipuError) -> RecordPage? {
        try QuipuError.presenting {
            try store.view(id.stored, kind: id.kind.rawValue).map { try RecordPage(of: $0, in: store) }
        }
    }

    /// The same for the record that a text names, by itself: see `recordByItself`.
    package func pageByItself(_ text: String) throws(QuipuError) -> RecordPage {
        try QuipuError.presenting { try RecordPage(of: try store.findByItself(text), in: store) }
    }

    /// The same for the record with a handle or an id, as `find` finds it.
    ///
    /// - Throws: `unknownRecord`, `ambiguousHandle`.
    public func page(ofFound text: String) throws(QuipuError) -> RecordPage {
        try QuipuError.presenting { try RecordPage(of: try store.find(text), in: store) }
    }
}
