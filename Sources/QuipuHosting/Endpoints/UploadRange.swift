internal import QuipuHTTPServer

/// The bytes of a content that a PUT has: `Content-Range: bytes FIRST-LAST/TOTAL`, or all.
struct UploadRange: Equatable {
    let offset: UInt64
    let countBytes: UInt64
    let totalBytes: UInt64

    /// - Throws: `Problem`, if the range is missing or malformed, or contradicts the body's length.
    init(_ head: HTTPRequestHead) throws {
        let length = head.headers["Content-Length"].flatMap { UInt64($0) }
        let ranges = head.headers.values(of: "Content-Range")
        guard let range = ranges.first else {
            // A body in chunks has no announced length, and a missing body is none.
            guard let length = length ?? (head.headers["Transfer-Encoding"] == nil ? 0 : nil) else {
                throw Problem(
                    status: 411, word: "length-required", title: "The content's length is missing",
                    hint: "send Content-Length, or Content-Range")
            }
            (offset, countBytes, totalBytes) = (0, length, length)
            return
        }
        let unit = "bytes "
        let parts = range.dropFirst(unit.count).split(separator: "/", omittingEmptySubsequences: false)
        let ends = parts.first?.split(separator: "-", omittingEmptySubsequences: false) ?? []
        guard ranges.count == 1, range.hasPrefix(unit), parts.count == 2, ends.count == 2,
            let first = Self.number(ends[0]), let last = Self.number(ends[1]),
            let total = Self.number(parts[1]), first <= last, last < total,
            length.map({ $0 == last - first + 1 }) ?? true
        else {
            throw Problem(
                status: 400, word: "malformed-range", title: "The block's range is malformed",
                hint: "send Content-Range: bytes FIRST-LAST/TOTAL, of the body's length")
        }
        (offset, countBytes, totalBytes) = (first, last - first + 1, total)
    }

    private static func number(_ digits: Substring) -> UInt64? {
        !digits.isEmpty && digits.utf8.allSatisfy { 48...57 ~= $0 } ? UInt64(digits) : nil
    }
}
