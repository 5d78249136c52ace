internal import QuipuCausality
internal import QuipuFormats
internal import QuipuStorage

/// The records that the items of a source became, for those that belong to them. Of a long source the last ones are known:
/// an item comes soon after the one that it belongs to.
struct RelatedRecords {
    enum Parent {
        case record(RecordID)
        /// It is deleted, and what belongs to it stays away too.
        case deleted
    }

    /// An item that is being written.
    struct Source {
        let place: SourcePlace
        /// By which later items name it; nil for one that belongs to another itself.
        let key: String?
        let passage: SourcePassage?
        /// Whether it belongs to another one.
        let isPart: Bool
    }

    /// The table holds between this and twice as many.
    private static let maximumKept = 100_000

    private var recent: [UInt128: Parent] = [:]
    private var older: [UInt128: Parent] = [:]

    /// What belongs to a part belongs to what that is a part of: a highlight in a PDF to the PDF's article.
    func parent(of item: SourceItem) -> Parent? {
        guard let key = item.relations.parent else { return nil }
        let hash = Self.hash(key, item.place)
        return recent[hash] ?? older[hash]
    }

    mutating func note(_ item: SourceItem, _ parent: Parent) {
        if let key = item.relations.key { note(Self.hash(key, item.place), parent) }
    }

    mutating func note(_ source: Source, _ effect: ImportEffect) {
        guard let key = source.key else { return }
        let hash = Self.hash(key, source.place)
        if case .stayedDeleted = effect { note(hash, .deleted) } else { note(hash, .record(effect.id)) }
    }

    private mutating func note(_ hash: UInt128, _ parent: Parent) {
        if recent.count >= Self.maximumKept { (older, recent) = (recent, [:]) }
        recent[hash] = parent
    }

    /// Keys are the source's own: two files may have the same.
    private static func hash(_ key: String, _ place: SourcePlace) -> UInt128 {
        BLAKE2b.hash16(Array("\(place.file)\u{0}\(key)".utf8))
    }
}
