package import QuipuHTTPServer

/// Content that never changes under its strong entity tag, served whole or in ranges: GET and HEAD with `Range`,
/// `If-Range`, `If-Match` and `If-None-Match` (RFC 9110).
package struct ImmutableContent: Sendable {
    package var lengthBytes: UInt64
    /// The tag without quotation marks: letters, digits and `-`.
    package var tag: String
    /// Further header fields: type, caching.
    package var headers: [(String, String)]
    /// Returns a range of it as a body.
    package var body: @Sendable (Range<UInt64>) throws -> HTTPBody

    package init(
        lengthBytes: UInt64, tag: String, headers: [(String, String)],
        body: @escaping @Sendable (Range<UInt64>) throws -> HTTPBody
    ) {
        self.lengthBytes = lengthBytes
        self.tag = tag
        self.headers = headers
        self.body = body
    }

    package init(_ file: OpenFile, tag: String, headers: [(String, String)]) {
        self.init(lengthBytes: file.sizeBytes, tag: tag, headers: headers) { .file(file, $0) }
    }

    /// The response to a GET or HEAD.
    ///
    /// - Throws: `Problem`, if a precondition fails or the range cannot be satisfied; and what `body` throws.
    package func response(to head: HTTPRequestHead) throws -> HTTPResponse {
        let entityTag = "\"\(tag)\""
        let common = [("ETag", entityTag), ("Accept-Ranges", "bytes")] + headers
        switch ContentSelection(head, lengthBytes: lengthBytes, entityTag: entityTag) {
        case .whole:
            return HTTPResponse(status: 200, headers: common, body: try body(0..<lengthBytes))
        case .part(let range):
            let place = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(lengthBytes)"
            return HTTPResponse(
                status: 206, headers: common + [("Content-Range", place)], body: try body(range))
        case .notModified:
            return HTTPResponse(status: 304, headers: common)
        case .preconditionFailed:
            throw Problem(
                status: 412, word: "precondition-failed", title: "The content here is another version",
                hint: "ask again without If-Match")
        case .unsatisfiable:
            var problem = Problem(
                status: 416, word: "range-not-satisfiable",
                title: "The range begins at or after the end, which is at \(lengthBytes)",
                hint: "ask for an earlier range, or for the whole")
            problem.headers = [("Content-Range", "bytes */\(lengthBytes)")]
            throw problem
        }
    }
}
