/// A page with its files as browsers save it in one file (MHTML, RFC 2557): a message whose first text is the page. Of its files nothing
/// is taken.
struct PageWithFiles {
    /// In the encoding that the message says.
    let html: [UInt8]
    let encoding: String?
    let address: String?
    /// When it was saved, as it is written.
    let savedAt: String?
    /// Pages of frames, and of other parts, that are left out.
    let otherPages: Int

    /// - Throws: where no part of it is a page.
    init(_ bytes: [UInt8]) throws(Rejection) {
        let message = MIMEPart(bytes[...])
        var pages: [MIMEPart] = []
        Self.find(message, depth: 0, &pages)
        let start = message.fields.parameter("start", of: "content-type")
        let page = pages.first { start != nil && $0.fields.text("content-id") == start } ?? pages.first
        guard let page else {
            throw Rejection("it is a page with its files (MHTML), and none of them is a page")
        }
        html = page.decoded
        encoding = EncodedWords.label(page.fields.parameter("charset", of: "content-type"))
        address = ["snapshot-content-location", "content-location"].lazy.compactMap {
            message.fields.text($0) ?? page.fields.text($0)
        }.first(where: URLReference.isWeb)
        savedAt = message.fields.text("date")
        otherPages = pages.count - 1
    }

    private static func find(_ part: MIMEPart, depth: Int, _ pages: inout [MIMEPart]) {
        guard depth < MIMEPart.maximumDepth, pages.count < MIMEPart.maximumParts else { return }
        if part.isMultipart {
            for inner in part.parts { find(inner, depth: depth + 1, &pages) }
        } else if ["text/html", "application/xhtml+xml"].contains(part.mediaType) {
            pages.append(part)
        }
    }
}
