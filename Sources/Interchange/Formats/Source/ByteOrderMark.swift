/// Byte order marks, and what they say of an encoding.
enum ByteOrderMark {
    /// Passes over UTF-8's and gives its length, 0 when there is none; refuses those of other encodings.
    static func pass(_ source: ByteSource) throws(InterchangeError) -> Int {
        let start = try source.peek(4)
        if start.starts(with: [0xEF, 0xBB, 0xBF]) {
            source.skip(3)
            return 3
        }
        let encoding: String
        if start.elementsEqual([0xFF, 0xFE, 0, 0]) || start.elementsEqual([0, 0, 0xFE, 0xFF]) {
            encoding = "UTF-32"
        } else if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            encoding = "UTF-16"
        } else {
            return 0
        }
        throw InterchangeError(
            code: .unsupportedEncoding, operation: "read", path: source.name,
            message: "the file is \(encoding)",
            hint: "Convert it first: iconv -f \(encoding) -t UTF-8 FILE.")
    }
}
