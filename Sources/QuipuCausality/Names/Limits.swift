/// Limits of the protocol, checked when writing and when receiving.
public enum Limits {
    /// One value's canonical JSON text.
    public static let valueBytes = 16 << 20
    /// A longer value is replaced by its hash and sent separately.
    public static let inlineValueBytes = 64 << 10
    /// Values in one transaction of a bulk command. A transaction is proved as a whole, so this is what a message
    /// that is interrupted on a slow link loses at most.
    public static let bulkTransactionBytes = 32 << 10
    /// One transaction as encoded, values included.
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
    /// Hashes in one request for missing contents.
    public static let blobsPerQuestion = 1_000
    /// Nesting of a JSON value or a CBOR item.
    public static let depth = 64
    /// Branch starts: two for each copied or restored archive that was edited afterwards.
    public static let branchStarts = 65_536
    /// A stamp that is further ahead of the corrected clock does not advance the clock.
    public static let clockToleranceMilliseconds: Int64 = 24 * 3_600 * 1_000
}
