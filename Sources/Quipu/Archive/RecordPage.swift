internal import QuipuStorage

/// A record with all that belongs to it, read in one view of the archive.
///
///     let page = try archive.read { try $0.page(of: id) }
///     for item in page?.dependents ?? [] { print(item.record.caption ?? "", item.passage ?? .lost) }
public struct RecordPage: Sendable {
    /// A record that belongs to the page's record: an annotation, a note or an attachment.
    public struct Dependent: Sendable {
        public let record: Record
        /// Where in the record's text it is; nil for what is about the record as a whole.
        public let passage: Passage?
        /// How that was found.
        public let match: Passage.Match?
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
    /// The record that it belongs to itself.
    public let target: Record?
    /// Where in the target's text it is.
    public let passage: Passage?
    /// How that was found.
    public let match: Passage.Match?
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
        var places = attached.contains { $0["quote"] != nil } ? QuotingText(record, in: store) : nil
        dependents = try attached.map {
            let first = try store.log.addition(of: $0)
            let place = try places?.find($0)
            return Dependent(
                record: Record($0), passage: place?.passage, match: place?.match,
                file: try AttachedFile($0, in: store), author: first?.author ?? "",
                isByProgram: first?.isByProgram ?? false, timeMilliseconds: first?.timeMilliseconds ?? 0)
        }
        file = try AttachedFile(record, in: store)
        waitingTexts = try store.texts.waiting(of: record).map { WaitingText($0) }
        missingTexts = waitingTexts.map(\.field)
        let target = try record.string("target").flatMap { try store.records.target($0) }
        self.target = target.map { Record($0) }
        var own = record["quote"] == nil ? nil : target.flatMap { QuotingText($0, in: store) }
        let place = try own?.find(record)
        (passage, match) = (place?.passage, place?.match)
    }
}

/// The text of a record, in which the passages of its annotations are looked for.
private struct QuotingText {
    private let record: QuipuStorage.Record
    private let store: Store
    private let text: PassageText
    /// By the hashes of texts, what gave them.
    private var versions: [String: Version?] = [:]

    /// Nil for a record without a text.
    init?(_ record: QuipuStorage.Record, in store: Store) {
        guard let text = record.string("body") else { return nil }
        (self.record, self.store, self.text) = (record, store, PassageText(text))
    }

    mutating func find(
        _ annotation: QuipuStorage.Record
    ) throws -> (passage: Passage, match: Passage.Match)? {
        guard let selector = TextSelector(quote: annotation["quote"], position: annotation["position"])
        else { return nil }
        let (finding, state) = text.anchor(selector)
        if case .found(let method, let score)? = state {
            let method = Passage.Match.Method(rawValue: method.rawValue) ?? .fuzzy
            return (Passage(finding), .found(method, score: score))
        }
        // Where the text came from elsewhere, nobody may have looked yet: then it is lost in what is shown.
        var lost = record["body"].map { AnchorState(lostInBody: $0) }
        if let noted = annotation["anchor"].flatMap({ AnchorState($0) }), case .lost = noted { lost = noted }
        return (Passage(finding), .lost(at: try version(of: lost)))
    }

    private mutating func version(of state: AnchorState?) throws -> Version? {
        guard case .lost(let hash)? = state else { return nil }
        if let known = versions[hash] { return known }
        let found = try store.log.version(thatGave: hash, to: "body", of: record).map { Version($0) }
        versions[hash] = .some(found)
        return found
    }
}

extension Snapshot {
    /// A record with all that belongs to it; nil if there is none of that id.
    ///
    ///     if let page = try archive.read({ try $0.page(of: id) }) { print(page.record.caption ?? "") }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
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
