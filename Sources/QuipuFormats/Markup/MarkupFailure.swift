/// Why markup cannot be read: a bound that it passes, or a library that is missing.
struct MarkupFailure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    /// For the one item that it is about.
    var rejection: Rejection { Rejection(reason) }

    /// For a source that cannot be read at all.
    func ofSource(_ name: String) -> InterchangeError {
        InterchangeError(
            code: .unreadable, operation: "read", path: name, message: reason,
            hint: "Install libxml2 (in Debian: apt install libxml2), then import it again.")
    }
}

/// Bounds on one document or item, so that memory stays in proportion to what a source can hold.
enum MarkupLimits {
    /// Elements and texts.
    static let maximumNodes = 1_000_000
    static let maximumAttributes = 1_000_000
    /// Elements inside one another. libxml2 looks through the open ones at each end tag, so that more take too long.
    static let maximumDepth = 20_000
    /// Texts and attributes together.
    static let maximumTextBytes = 64 << 20
    /// Of one attribute; a longer one is left out. Pages carry pictures in them.
    static let maximumAttributeBytes = 1 << 16
    static let maximumNameBytes = 256
    static let maximumComments = 32
    static let maximumCommentBytes = 8 << 10
}
