internal import Quipu

/// What a sync with a limit on its bytes left for the next one, in words.
struct LeftOverText {
    private let left: LeftOver

    init(_ left: LeftOver) { self.left = left }

    var json: JSONText {
        JSONText(members: [
            ("transactionsToSend", left.transactionsToSend.map { JSONText($0) } ?? nil),
            ("transactionsToReceive", left.transactionsToReceive.map { JSONText($0) } ?? nil),
            ("textsToSend", JSONText(left.textsToSend)), ("textsToReceive", JSONText(left.textsToReceive)),
            ("textBytesToSend", JSONText(left.textBytesToSend)),
            ("textBytesToReceive", JSONText(left.textBytesToReceive)),
            ("recordsToComplete", JSONText(left.recordsToComplete)), ("ordered", JSONText(left.isOrdered)),
        ])
    }

    /// - Parameters:
    ///   - title: of the mirror.
    ///   - limit: as it was typed.
    ///   - remote: as it was typed; nil for the usual one.
    func say(of title: String, limit: String, remote: String?, to output: Output) {
        output.remark("not in sync with \(title) yet, within the limit of \(limit)")
        output.remark("left to receive: \(toReceive)")
        output.remark("left to send: \(toSend)")
        if !left.isOrdered {
            output.warn(
                "\(title) runs an older Quipu and does not hold long texts back: what it sends comes in the order of its log, "
                    + "not the most urgent first")
        }
        let words = remote.map { " \($0)" } ?? ""
        output.advise(
            "to continue: quipu sync\(words) --max-bytes \(limit); for all of it: quipu sync\(words)")
    }

    private var toReceive: String {
        let records = left.recordsToComplete > 0 ? " of \(counted(left.recordsToComplete, "record"))" : ""
        return Self.joined(
            left.transactionsToReceive, Self.texts(left.textsToReceive, records, left.textBytesToReceive))
    }

    private var toSend: String {
        Self.joined(left.transactionsToSend, Self.texts(left.textsToSend, "", left.textBytesToSend))
    }

    private static func joined(_ transactions: Int?, _ texts: String?) -> String {
        let first =
            switch transactions {
            case nil: "an unknown number of transactions"
            case 0: nil as String?
            case .some(let count): counted(count, "transaction")
            }
        let parts = [first, texts].compactMap(\.self)
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }

    private static func texts(_ count: Int, _ records: String, _ bytes: Int) -> String? {
        if count == 0 { return nil }
        return counted(count, "text") + records + (bytes > 0 ? " (\(SizeText.of(bytes: bytes)))" : "")
    }
}
