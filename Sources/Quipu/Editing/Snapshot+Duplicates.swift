internal import QuipuStorage

/// Articles that are likely the same, or one that is likely two.
public struct LikelyDuplicates: Sendable {
    /// Why; stable words for programs.
    public enum Reason: String, Sendable {
        /// One record that has two items of one source, or imports gave it two DOIs.
        case twoArticles = "two-articles"
        case sameDOI = "same-doi"
        /// Texts of 200 characters or more that differ at most in spaces and line breaks.
        case sameText = "same-text"
        case sameURL = "same-url"
        case sameTitleAndDate = "same-title-and-date"
        case sameAuthorAndTitle = "same-author-and-title"
    }

    /// The strongest first.
    public let reasons: [Reason]
    /// In the order of their ids, 20 at most; one alone for `twoArticles`.
    public let records: [Record]
    /// How many there are in all.
    public let count: Int
    /// The fields in which `records` differ.
    public let differing: [String]
}

/// Some of the likely duplicates.
public struct DuplicatePage: Sendable {
    public let groups: [LikelyDuplicates]
    /// How many groups there are in all.
    public let total: Int
    /// False if the archive cannot be written now, so that new records are not compared by texts and addresses.
    public let isComplete: Bool
}

/// The effect that a merge would have on a field.
public struct MergedField: Sendable {
    /// Stable words for programs.
    public enum Effect: String, Sendable {
        /// The record that is kept shows its own value, and others that differ are hidden.
        case hides
        /// The record that is kept has no value, and shows that of the others.
        case fills
        /// Several values are in conflict after the merge.
        case opens
    }

    public let field: String
    public let effect: Effect
    /// Canonical JSON of what would be shown; nil for no value.
    public let shown: [UInt8]?
    /// What the others have that differs, first what would be shown; for `opens` what stands against that.
    public let others: [(record: RecordID, json: [UInt8])]
}

extension Snapshot {
    /// Articles that are likely the same: with the same DOI, text or address, the same title and date, or the same author and
    /// title; and single records that are likely two articles. The strongest reasons come first. The time that it takes grows
    /// with the number of articles.
    ///
    ///     for group in try archive.read({ try $0.duplicates(limit: 20) }).groups {
    ///         print(group.reasons, group.records.map(\.id.handle), group.differing)
    ///     }
    ///
    /// - Parameters:
    ///   - offset: how many groups are skipped.
    ///   - limit: the maximum number of groups; nil for all.
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func duplicates(offset: Int = 0, limit: Int? = nil) throws(QuipuError) -> DuplicatePage {
        try QuipuError.presenting {
            let page = try store.duplicates(offset: offset, limit: limit)
            return DuplicatePage(
                groups: page.groups.map { group in
                    LikelyDuplicates(
                        reasons: group.reasons.compactMap { .init(rawValue: $0.rawValue) },
                        records: group.records.map { Record($0) }, count: group.count,
                        differing: group.differing)
                }, total: page.total, isComplete: page.isIndexFresh)
        }
    }

    /// Reports what `Transaction.merge` would do, field by field; fields that would not change are left out.
    ///
    /// - Throws: as the merge.
    public func mergePreview(_ others: [RecordID], into keep: RecordID) throws(QuipuError) -> [MergedField] {
        if let other = others.first(where: { $0.kind != keep.kind }) {
            throw QuipuError(
                .wrongType,
                "\(other.kind) \(other.handle) is not of the same kind as \(keep.kind) \(keep.handle)",
                hint: "only records of one kind can be one")
        }
        return try QuipuError.presenting {
            try store.previewMerge(others.map(\.stored), into: keep.stored, kind: keep.kind.rawValue).fields
                .map { field in
                    MergedField(
                        field: field.field, effect: .init(rawValue: field.effect.rawValue) ?? .hides,
                        shown: field.shown,
                        others: field.others.map { (RecordID($0.id, kind: keep.kind.rawValue), $0.json) })
                }
        }
    }
}
