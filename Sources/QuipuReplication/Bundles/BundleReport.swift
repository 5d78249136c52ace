public import QuipuCausality
public import QuipuStorage

/// The result of applying one bundle.
public struct BundleReport: Sendable {
    /// Transactions that were not applied since something before them is not here.
    public struct Gap: Sendable, Equatable {
        public enum Reason: Sendable {
            /// They are not here, and not in what was readable.
            case missing
            /// The histories of this origin are not the same here and there.
            case diverged
            /// The sender did not yet know of a copied folder that is known here.
            case otherNames
        }

        public var origin: Origin
        /// The first that is not here.
        public var first: UInt64
        /// The last that the sender holds.
        public var last: UInt64
        public var reason: Reason

        public var count: UInt64 { last >= first ? last - first + 1 : 0 }
    }

    public var header: BundleHeader
    public var completeness = BundleCompleteness()
    /// The sender is this replica.
    public var isOwn = false
    /// It was made for another replica.
    public var isForAnother = false
    /// In the part of the bundle that was readable.
    public var transactionCount = 0
    /// Of these, those that were new here.
    public var appliedCount = 0
    /// Records that those change.
    public var appliedRecordCount = 0
    /// Parts of long texts that were wanted here.
    public var textCount = 0
    public var refused: [String] = []
    public var inOwnName: [NameUse] = []
    public var gaps: [Gap] = []
    /// What the sender held is readable.
    public var tellsKnowledge = false
    /// Everything that the sender held is here, and the texts that it had.
    public var holdsAll = false
    /// Transactions that are here and were not there.
    public var unsentCount = 0
    /// Texts that are wanted here.
    public var missingTexts = 0

    static let maximumRefusals = 100

    init(_ header: BundleHeader) { self.header = header }
}
