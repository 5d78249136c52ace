internal import QuipuNaturalKeys

/// What a program that saved the page says of it in a comment: SingleFile its address and when; browsers the address.
///
///     <!--
///      Page saved with SingleFile
///      url: https://example.org/a
///      saved date: Tue May 07 2024 10:11:12 GMT+0200 (Central European Summer Time)
///     -->
///     <!-- saved from url=(0022)https://example.org/ -->
struct SavedPageComment {
    private(set) var address: String?
    /// As it is written.
    private(set) var date: String?

    init?(_ comments: [String]) {
        for comment in comments {
            let text = WhiteSpace.trimmed(comment)
            if text.contains("SingleFile") {
                for line in text.split(whereSeparator: \.isNewline) {
                    let line = WhiteSpace.trimmed(String(line))
                    if line.hasPrefix("url: ") { address = String(line.dropFirst(5)) }
                    if line.hasPrefix("saved date: ") { date = String(line.dropFirst(12)) }
                }
            } else if text.hasPrefix("saved from url=("), let close = text.firstIndex(of: ")") {
                address = String(text[text.index(after: close)...])
            }
            if let found = address {
                if !URLReference.isWeb(found) { address = nil }
                return
            }
        }
        return nil
    }
}
