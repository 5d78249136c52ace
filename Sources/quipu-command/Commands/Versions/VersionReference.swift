internal import Quipu

/// A version as a person names it: the number that `history` printed, a version's name, or the short form of
/// one, as many digits of its origin as tell it apart.
enum VersionReference {
    /// Digits below which two origins are too easily mistaken.
    private static let fewestDigits = 4

    /// - Throws: `QuipuError.unknownVersion`.
    static func resolve(_ text: String, in history: [HistoryEntry], of record: Record) throws(QuipuError)
        -> Version
    {
        // Any transaction marks a moment, also one that did nothing to the record.
        if let version = Version(text) { return version }
        if let number = Int(text) {
            guard history.indices.contains(number - 1) else {
                throw QuipuError(
                    .unknownVersion, "\(RecordText.name(record)) has no version number \(number)",
                    hint: "its history has \(history.count): quipu history \(record.id.handle)")
            }
            return history[number - 1].version
        }
        let parts = text.lowercased().split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, parts[0].count >= fewestDigits, let sequence = UInt64(parts[1]) {
            let found = history.map(\.version)
                .filter { $0.number == sequence && $0.replica.hasPrefix(parts[0]) }
            if let only = found.first, found.count == 1 { return only }
        }
        throw QuipuError(
            .unknownVersion, "'\(text)' is not a version of \(RecordText.name(record))",
            hint: "give a number or a version from: quipu history \(record.id.handle)")
    }
}
