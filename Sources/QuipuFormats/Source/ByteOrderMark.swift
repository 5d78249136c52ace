/// In which encoding a text begins: by its byte order mark, else by where its zeros stand.
enum ByteOrderMark {
    /// Passes over a byte order mark, and has UTF-16 read as UTF-8 from here on.
    ///
    /// - Returns: the length of UTF-8's mark, 0 where there is none, and the encoding that is converted.
    /// - Throws: `unsupportedEncoding` for UTF-32.
    static func pass(_ source: ByteSource) throws(InterchangeError) -> (bytes: Int, converted: String?) {
        let start = try source.peek(64)
        if start.starts(with: [0xEF, 0xBB, 0xBF]) {
            source.skip(3)
            return (3, nil)
        }
        if start.starts(with: [0xFF, 0xFE, 0, 0]) || start.starts(with: [0, 0, 0xFE, 0xFF]) {
            throw InterchangeError(
                code: .unsupportedEncoding, operation: "read", path: source.name,
                message: "the file is UTF-32", hint: "Convert it first: iconv -f UTF-32 -t UTF-8 FILE.")
        }
        let order: UTF16Decoder.Order
        if start.starts(with: [0xFF, 0xFE]) {
            source.skip(2)
            order = .littleEndian
        } else if start.starts(with: [0xFE, 0xFF]) {
            source.skip(2)
            order = .bigEndian
        } else if let unmarked = unmarked(start) {
            order = unmarked
        } else {
            return (0, nil)
        }
        source.convert(from: order)
        return (0, "UTF-16")
    }

    /// The beginning of a text as UTF-8, without a byte order mark.
    static func text(of start: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { return start.dropFirst(3) }
        if start.starts(with: [0xFF, 0xFE, 0, 0]) { return start }
        var text = start
        let order: UTF16Decoder.Order
        if start.starts(with: [0xFF, 0xFE]) {
            (text, order) = (start.dropFirst(2), .littleEndian)
        } else if start.starts(with: [0xFE, 0xFF]) {
            (text, order) = (start.dropFirst(2), .bigEndian)
        } else if let unmarked = unmarked(start.prefix(64)) {
            order = unmarked
        } else {
            return start
        }
        var decoder = UTF16Decoder(order)
        var converted: [UInt8] = []
        decoder.append(text, to: &converted)
        return converted[...]
    }

    /// Text that is mostly Latin has a zero in every other place, and hardly any between.
    static func unmarked(_ start: ArraySlice<UInt8>) -> UTF16Decoder.Order? {
        guard start.count >= 8 else { return nil }
        var zeros = [0, 0]
        for (index, byte) in start.enumerated() where byte == 0 { zeros[index & 1] += 1 }
        if zeros[0] * 8 <= zeros[1], zeros[1] * 5 >= start.count * 2 { return .littleEndian }
        if zeros[1] * 8 <= zeros[0], zeros[0] * 5 >= start.count * 2 { return .bigEndian }
        return nil
    }
}
