public import QuipuCausality
public import QuipuFormats

/// The result of an import.
public struct ImportReport: Sendable {
    public struct Refusal: Sendable {
        public var place: SourcePlace
        public var reason: String
    }

    public struct Difference: Sendable {
        public var place: SourcePlace
        public var record: RecordID
        /// Whose values were left.
        public var fields: [String]
    }

    /// Items that could be read.
    public var read = 0
    /// Where in its file the last item read begins.
    public var reachedByte = 0
    public var created = 0
    public var updated = 0
    /// Known already, with nothing new; counted once however often the source repeats it.
    public var unchanged = 0
    /// Further items for records that are counted as unchanged already.
    public var repeated = 0
    /// Of records that are deleted: an import never restores.
    public var stayedDeleted = 0
    /// Of these records were deleted and restored, as was asked for.
    public var restored = 0
    /// In a state that was read before, while another was read since: an old file.
    public var outdated = 0
    /// Items of which values were left, since an earlier item named the same record; up to
    /// `Importer.maximumRefusalsKept` of them.
    public var differing: [Difference] = []
    public var differingCount = 0
    /// What could not be read, up to `Importer.maximumRefusalsKept` of them.
    public var rejected: [Refusal] = []
    public var rejectedCount = 0
    /// What was taken in otherwise than it stands there, up to `Importer.maximumRefusalsKept` of them.
    public var remarks: [Refusal] = []
    public var remarkCount = 0
    /// How often each name of a source's own was kept under `x-`.
    public private(set) var kept: [String: Int] = [:]
    public var collection: RecordID?
    private var namesOfUnusableKeys: Set<String> = []

    public init() {}

    /// Names beyond the bound count as one.
    mutating func count(kept names: [String]) {
        for name in names {
            let counted = kept[name] != nil || kept.count < Importer.maximumNamesCounted ? name : "(others)"
            kept[counted, default: 0] += 1
        }
    }

    mutating func remark(_ place: SourcePlace, _ text: String) {
        remarkCount += 1
        if remarks.count < Importer.maximumRefusalsKept { remarks.append(.init(place: place, reason: text)) }
    }

    /// Says once of each name that what stands under it is no address or no DOI, and where it is kept.
    mutating func remarkUnusableKeys(of item: SourceItem) {
        guard item.kind == "article", item.id == nil, !item.kept.isEmpty else { return }
        for (field, words) in [("url", "is no address that can be followed"), ("doi", "is no DOI")]
        where item[field] == nil {
            for name in item.kept
            where FieldNames.promises(field, name) && namesOfUnusableKeys.insert(name).inserted {
                remark(
                    item.place,
                    "what it has as \(name) \(words): it is kept as x-\(name), as are others like it")
            }
        }
    }

    mutating func reject(_ place: SourcePlace, _ reason: String) {
        rejectedCount += 1
        if rejected.count < Importer.maximumRefusalsKept {
            rejected.append(.init(place: place, reason: reason))
        }
    }
}
