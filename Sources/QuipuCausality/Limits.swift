/// Bounds of the protocol, checked when writing and again when receiving.
public enum Limits {
    /// One value's canonical JSON text.
    public static let valueBytes = 16 << 20
    /// A longer value travels as its hash, and then by itself.
    public static let inlineValueBytes = 64 << 10
    /// Values that a bulk command puts into one transaction before it closes it. A transaction is proved whole: of a
    /// message that is cut on a slow link so much is lost at most.
    public static let bulkTransactionBytes = 32 << 10
    /// One transaction in its form on the wire, values included.
    public static let transactionBytes = 4 << 20
    public static let changesPerTransaction = 16_384
    public static let replacedVersions = 4_096
    public static let observedTransactions = 65_536
    public static let noteSpans = 4_096
    public static let fieldNameBytes = 512
    public static let kindBytes = 64
    public static let authorBytes = 256
    /// Members that this version does not know, in one transaction.
    public static let unknownBytes = 64 << 10
    /// The content of one attachment.
    public static let blobBytes: UInt64 = 2 << 30
    /// Contents that one question about what is there may name.
    public static let blobsPerQuestion = 1_000
    /// Nesting of a JSON value or a CBOR item.
    public static let depth = 64
    /// Transactions at which names start anew: two for each copy or roll-back that went on being written.
    public static let branchStarts = 65_536
    /// A stamp further ahead of the corrected clock than this does not pull the clock along.
    public static let clockToleranceMilliseconds: Int64 = 24 * 3_600 * 1_000
}
