internal import QuipuCausality
internal import QuipuReplication

/// Who made a bundle, and when. The signature proves the key; the name is what the sender says.
public struct BundleIdentity: Sendable {
    public let sender: String
    /// The hash of the sender's key, in groups for reading.
    public let key: String
    /// The same as 32 hexadecimal digits.
    public let keyDigits: String
    /// By the sender's clock, in Unix milliseconds.
    public let madeAtMilliseconds: Int64
    /// The sender's name for the receiver; nil in a bundle for anybody.
    public let receiver: String?
    /// The id of the archive that it is of, 32 hexadecimal digits.
    public let archive: String

    init(_ header: BundleHeader) {
        sender = header.senderName
        keyDigits = header.sender.hexadecimal
        key = Self.grouped(keyDigits)
        madeAtMilliseconds = header.madeAtMilliseconds
        receiver = header.receiverName
        archive = header.archive.hexadecimal
    }

    static func grouped(_ digits: String) -> String { BundleHeader.grouped(digits) }
}

/// Damage of a bundle: a part that is missing, cannot be read or is not signed.
public enum BundleDamage: Sendable {
    /// A file ends too early: it was copied in part.
    case cut(path: String, atByte: Int)
    /// Bytes of a file are not as they were written.
    case rotten(path: String, bytes: Range<Int>)
    /// Bytes of a file stand behind the end of the bundle, and nobody signed them.
    case appended(path: String, bytes: Range<Int>)
    /// No file that was given is this part.
    case missingPart(Int)
    /// Parts of the bundle that are in none of its files, by their numbers.
    case missingBlocks(Range<Int>)

    init(_ damage: BundleCompleteness.Damage) {
        self =
            switch damage {
            case .cut(let path, let at): .cut(path: path, atByte: at)
            case .rotten(let path, let bytes): .rotten(path: path, bytes: bytes)
            case .appended(let path, let bytes): .appended(path: path, bytes: bytes)
            case .missingPart(let part): .missingPart(part)
            case .missingBlocks(let range): .missingBlocks(range)
            }
    }
}

/// The result of applying a bundle.
public struct AppliedBundle: Sendable {
    /// Transactions of one author that the sender held and that are not here.
    public struct Gap: Sendable {
        public enum Reason: Sendable {
            /// They are not in what could be read of this bundle, or of those before it.
            case missing
            /// A folder was copied, or a backup restored: both sides have other transactions under the same names.
            case diverged
            /// The sender did not know yet of a copied folder that is known here.
            case renamed
        }

        /// The first eight digits of the author's origin, as `quipu log` shows them.
        public let origin: String
        public let first: Int
        public let last: Int
        public let reason: Reason
    }

    public let identity: BundleIdentity
    public let damages: [BundleDamage]
    public let hasFurtherDamages: Bool
    /// The parts that were read.
    public let parts: [Int]
    /// Nil if it is not known how many there are.
    public let partCount: Int?
    /// Every byte of the bundle was read.
    public let isWhole: Bool
    /// This replica made it.
    public let isOwn: Bool
    /// It was made for somebody else.
    public let isForAnother: Bool
    /// In what could be read of the bundle.
    public let transactions: Int
    /// Of these, those that were new here.
    public let appliedTransactions: Int
    /// How often those changed records.
    public let appliedChanges: Int
    /// Texts that were merged, in collections that request it.
    public let mergedTexts: Int
    /// In words: what was refused.
    public let refusals: [String]
    public let nameUses: [NameUse]
    public let gaps: [Gap]
    /// It was readable what the sender held.
    public let tellsKnowledge: Bool
    /// Everything that the sender held when it made the bundle is here, and every text that it had. Since then it may have written more.
    public let holdsAll: Bool
    /// Transactions that are here, and that the sender lacked when it made the bundle.
    public let unsentTransactions: Int
    /// Current texts that are not here.
    public let missingTexts: Int
    /// Open after it, of all records.
    public let openConflicts: Int

    init(_ report: BundleReport, mergedTexts: Int, openConflicts: Int) {
        identity = BundleIdentity(report.header)
        damages = report.completeness.damages.map { BundleDamage($0) }
        hasFurtherDamages = report.completeness.hasFurtherDamages
        parts = report.completeness.parts
        partCount = report.completeness.partCount
        isWhole = report.completeness.isWhole
        isOwn = report.isOwn
        isForAnother = report.isForAnother
        transactions = report.transactionCount
        appliedTransactions = report.appliedCount
        appliedChanges = report.appliedRecordCount
        self.mergedTexts = mergedTexts
        refusals = report.refused
        nameUses = report.inOwnName.map { NameUse($0) }
        gaps = report.gaps.map { Gap($0) }
        tellsKnowledge = report.tellsKnowledge
        holdsAll = report.holdsAll
        unsentTransactions = report.unsentCount
        missingTexts = report.missingTexts
        self.openConflicts = openConflicts
    }
}

extension AppliedBundle.Gap {
    fileprivate init(_ gap: BundleReport.Gap) {
        origin = String(gap.origin.hexadecimal.prefix(8))
        first = Int(clamping: gap.first)
        last = Int(clamping: gap.last)
        reason =
            switch gap.reason {
            case .missing: .missing
            case .diverged: .diverged
            case .otherNames: .renamed
            }
    }
}

/// The contents of a bundle that was not applied.
public struct BundleDescription: Sendable {
    public let identity: BundleIdentity
    public let bytes: Int
    public let damages: [BundleDamage]
    public let parts: [Int]
    public let partCount: Int?
    public let isWhole: Bool
    public let transactions: Int
    public let changes: Int
    /// The bundle holds only what its receiver had not told that it has.
    public let isDifference: Bool

    init(_ inspection: BundleInspection) {
        identity = BundleIdentity(inspection.header)
        bytes = inspection.sizeBytes
        damages = inspection.completeness.damages.map { BundleDamage($0) }
        parts = inspection.completeness.parts
        partCount = inspection.completeness.partCount
        isWhole = inspection.completeness.isWhole
        transactions = inspection.transactionCount
        changes = inspection.recordCount
        isDifference = inspection.header.receiverName != nil
    }
}
