internal import QuipuNaturalKeys

/// Links of entries: only those that lead into the web.
enum FeedLink {
    /// The address that a link leads to; nil for what leads elsewhere, or is relative to nothing.
    static func web(_ reference: String, base: String?) -> String? {
        guard let text = SingleLine.of(reference),
            let address = URLReference.resolve(
                text.split(separator: " ").joined(separator: "%20"), base: base),
            URLReference.isWeb(address)
        else { return nil }
        return address
    }
}
