internal import QuipuCanonicalJSON

/// Bytes that should be text.
enum SourceText {
    /// What most text is that is not UTF-8. Nothing shows for sure which of the old encodings it is.
    private static let wayOut = "if it is Windows-1252, convert it first: iconv -f WINDOWS-1252 -t UTF-8"

    /// The text, when it is UTF-8 and holds no NUL.
    static func decode(_ bytes: ArraySlice<UInt8>) throws(Rejection) -> String {
        let fault = bytes.withUnsafeBufferPointer { buffer -> (offset: Int, isNUL: Bool)? in
            let end = endOfValidUTF8(buffer)
            if let zero = buffer[..<end].firstIndex(of: 0) { return (zero, true) }
            return end < buffer.count ? (end, false) : nil
        }
        if let fault {
            let lines = bytes.prefix(fault.offset).reduce(0) { $1 == 0x0A ? $0 + 1 : $0 }
            throw Rejection(
                fault.isNUL ? "it holds a NUL byte, so it is no text" : "it is not UTF-8; \(wayOut)",
                byteOffset: fault.offset, lineOffset: lines)
        }
        return bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

/// One form of line end in all texts that are read: a line feed, whichever system a file is from.
enum LineEnds {
    static func unified(_ text: String) -> String {
        guard text.utf8.contains(0x0D) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var hasReturn = false
        for byte in text.utf8 {
            // The line feed behind a carriage return is the same line end.
            if byte != 0x0A || !hasReturn { bytes.append(byte == 0x0D ? 0x0A : byte) }
            hasReturn = byte == 0x0D
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
