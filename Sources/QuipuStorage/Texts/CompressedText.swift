internal import QuipuCausality
internal import QuipuCompression

/// An old text as a row of `text` keeps it, where keeping it whole would cost more.
///
/// Somebody who changes one word of a long text leaves a superseded text that is nearly the same as the one that replaced
/// it. So `text.json` holds either the text itself, which is JSON, or what no JSON begins with:
///
///     ~05 6f0c…9a KLUv_SBk…        two digits, the base's hash, a zstd frame (RFC 8878) in base64url
///     ~05  KLUv_SBk…               the same without a base
///
/// The frame was compressed with the base's text as its prefix (`zstd --patch-from`), the base being the value that
/// replaced this one. That one stands in a record as long as it is shown, and in `text` afterwards, whole or on a base of
/// its own: a chain that ends at what people see. These rules bound it:
///
/// - A text gets a base only while that base is whole itself, so no chain leads back to where it began.
/// - The two digits (hexadecimal) are how many texts, each on the next, stood on this one at most when it was compressed;
///   none comes to stand on it later. At `maximumDepth` of them a text gets no base.
/// - No text of a chain is longer than `maximumBytes`, or shorter than `minimumBytes`.
/// - A head that is hidden is whole: people read it with other tools (view `conflicts`).
/// - A text that others stand on is dropped only after these were written whole (`Writer.detach`).
///
/// Whatever comes of a chain is held against its hash: one that was changed gives damage, and never a wrong text.
struct CompressedText {
    /// Shorter ones are whole: the hash of its base alone takes 64 bytes, and people look at short texts with other tools.
    static let minimumBytes = 1_024
    /// Longer ones are whole: this times `maximumDepth` is what reading one text may cost.
    static let maximumBytes = 1 << 20
    /// Texts between one and the whole one at the end of its chain, itself included.
    static let maximumDepth = 64

    private static let mark = UInt8(ascii: "~")
    private static let space = UInt8(ascii: " ")
    /// The mark, two digits, a space, a hash and a space.
    static let longestHeadBytes = 4 + 2 * ValueHash.size + 1

    /// How many texts, each on the next, stand on this one at most.
    var height: Int
    var base: ValueHash?
    var frame: [UInt8]

    static func isSuitable(_ text: [UInt8]) -> Bool { (minimumBytes...maximumBytes).contains(text.count) }

    /// Whether a row holds one rather than the text itself.
    static func isForm(_ json: some Collection<UInt8>) -> Bool { json.first == mark }

    /// Compresses a text.
    ///
    /// - Parameters:
    ///   - base: a whole text.
    ///   - height: what stands on the text already.
    /// - Returns: nil where the text is better kept whole.
    init?(of text: [UInt8], on base: (hash: ValueHash, text: [UInt8])?, height: Int) {
        guard Self.isSuitable(text), let frame = Self.frame(of: text, after: base?.text ?? []) else {
            return nil
        }
        (self.height, self.base, self.frame) = (height, base?.hash, frame)
        guard form.count <= text.count / 4 * 3 else { return nil }
    }

    /// Words that recur in prose are found at any level; a higher one finds little more and takes twice as long. The window
    /// reaches from the end of the text to the beginning of the prefix.
    static func frame(of text: [UInt8], after prefix: [UInt8]) -> [UInt8]? {
        let reach = max(text.count + prefix.count, 1 << 10)
        let log = Int.bitWidth - (reach - 1).leadingZeroBitCount
        return ZstdFrame.compress(text, after: prefix, ZstdFrame.Settings(level: 3, windowLog: log))
    }

    /// Reads a row; nil for one that is never written.
    init?(_ json: [UInt8]) {
        guard let head = Head(json), json.count <= Self.maximumBytes,
            let frame = Base64.bytes(json[head.endIndex...])
        else { return nil }
        (height, base, self.frame) = (head.height, head.base, frame)
    }

    /// What stands in the row.
    var form: [UInt8] {
        let digits = Array(Hexadecimal.text([UInt8(clamping: height)]).utf8)
        let hash = base.map { Array($0.hexadecimal.utf8) } ?? []
        return [Self.mark] + digits + [Self.space] + hash + [Self.space] + Base64.text(frame)
    }

    /// - Parameter base: the text of its base.
    /// - Returns: nil where the frame gives none, or one longer than it may be. Whether it is the right one its hash tells.
    func expanded(on base: [UInt8]?) -> [UInt8]? {
        ZstdFrame.expand(frame, after: base ?? [], maximumBytes: Self.maximumBytes)
    }

    /// What a row says before its frame.
    struct Head {
        var height: Int
        var base: ValueHash?
        fileprivate var endIndex: Int

        /// - Parameter json: the row, or its first `longestHeadBytes`.
        init?(_ json: [UInt8]) {
            guard json.count > 4, json[0] == mark, let first = Hexadecimal.value(of: json[1]),
                let second = Hexadecimal.value(of: json[2]), json[3] == space
            else { return nil }
            height = Int(first) << 4 | Int(second)
            if json[4] == space {
                endIndex = 5
                return
            }
            endIndex = longestHeadBytes
            guard json.count >= endIndex, json[endIndex - 1] == space,
                let hash = ValueHash(
                    bytes: Hexadecimal.bytes(String(decoding: json[4..<endIndex - 1], as: UTF8.self)) ?? [])
            else { return nil }
            base = hash
        }
    }
}
