internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Values of a transaction that travel by their hash, for a receiver that counts its bytes. It is told their sizes, and
/// asks for the texts of those that it shows.
struct HeldBackValues {
    /// Up to this, a value travels as text.
    static let usualInlineBytes = 128
    /// Up to this, text of a note or an annotation that a person made travels as text.
    private static let ownWordsBytes = 4 << 10
    /// A difference from a text that the receiver has is sent at once if it is as short as this.
    static let differenceBytes = 512
    /// Of a hash and a size on the link. Hashes cannot be compressed.
    private static let costBytes = 44

    private(set) var sizes: [(hash: ValueHash, sizeBytes: Int)] = []
    /// By how many bytes of texts the transaction became shorter.
    private(set) var savedBytes = 0

    init() {}

    /// Replaces long values by their hashes.
    ///
    /// - Parameters:
    ///   - inlineBytes: the length up to which a value stays.
    ///   - differences: values that are sent already.
    init(
        in transaction: inout Transaction, over inlineBytes: Int, besides differences: [TextDifference],
        from store: Store
    ) throws {
        let sent = Set(differences.map(\.hash))
        for (place, record) in transaction.records.enumerated() {
            let isOwnWords =
                !transaction.isByProgram && (record.kind == "annotation" || record.kind == "note")
            let limit = isOwnWords ? max(inlineBytes, Self.ownWordsBytes) : inlineBytes
            for (field, change) in record.fields.enumerated() {
                switch change.value {
                case .text(let text) where text.count > limit:
                    let hash = change.value.hash
                    transaction.records[place].fields[field].value = .hash(hash)
                    sizes.append((hash, text.count))
                    savedBytes += text.count - Self.costBytes
                case .text: break
                case .hash(let hash) where !sent.contains(hash):
                    savedBytes -= Self.costBytes
                    if let text = try store.texts.text(of: hash) { sizes.append((hash, text.count)) }
                case .hash: break
                }
            }
        }
    }
}
