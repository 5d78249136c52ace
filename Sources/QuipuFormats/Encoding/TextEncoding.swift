internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// From declared or detected encodings to UTF-8.
///
/// A byte order mark counts first, then what was said elsewhere (HTTP, mail), then what a document says of itself, then
/// what the bytes are: UTF-8 where they are valid as that, else windows-1252. Labels mean what browsers take them for:
/// `iso-8859-1` is windows-1252, `gb2312` is GB18030, `ks_c_5601-1987` is EUC-KR with its extension.
package enum TextEncoding {
    /// Where a document's own declaration is looked for.
    enum Declaration {
        case xml, html, none
    }

    struct Decoded {
        let utf8: [UInt8]
        /// What they were, where they had to be converted: "windows-1252".
        let converted: String?
        /// Bytes that say nothing in the encoding and became U+FFFD.
        let wrongBytes: Int

        /// What a report says of it; nil where there is nothing to say.
        var remark: String? {
            var parts: [String] = []
            if let converted { parts.append("it is \(converted) and was converted to UTF-8") }
            if wrongBytes > 0 {
                let bytes = wrongBytes == 1 ? "1 wrong byte" : "\(wrongBytes) wrong bytes"
                parts.append("\(bytes) became U+FFFD")
            }
            return parts.isEmpty ? nil : parts.joined(separator: "; ")
        }
    }

    /// - Parameter encoding: a label that was given elsewhere; one that nobody knows counts as none.
    static func decode(
        _ bytes: [UInt8], as declaration: Declaration = .none, encoding: String? = nil
    ) -> Decoded {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return utf8(bytes[3...]) }
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return convert(bytes[4...], "UTF-32LE", "UTF-32") }
        if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return convert(bytes[4...], "UTF-32BE", "UTF-32") }
        if bytes.starts(with: [0xFF, 0xFE]) { return utf16(bytes[2...], .littleEndian) }
        if bytes.starts(with: [0xFE, 0xFF]) { return utf16(bytes[2...], .bigEndian) }
        if let order = ByteOrderMark.unmarked(bytes.prefix(64)) { return utf16(bytes[...], order) }
        if let encoding, let name = EncodingLabel.name(of: encoding) { return decode(bytes[...], name) }
        let declared = EncodingLabel.declared(bytes.prefix(EncodingLabel.lookBytes), declaration)
        // Who can read the declaration byte by byte is not reading UTF-16.
        if let name = declared.flatMap(EncodingLabel.name), !name.hasPrefix("UTF-16") {
            return decode(bytes[...], name)
        }
        return utf8(bytes[...])
    }

    /// - Parameter name: as ``EncodingLabel`` has it.
    static func decode(_ bytes: ArraySlice<UInt8>, _ name: String) -> Decoded {
        switch name {
        case "UTF-8": utf8(bytes)
        case "UTF-16LE": utf16(bytes, .littleEndian)
        case "UTF-16BE": utf16(bytes, .bigEndian)
        case "windows-1252": windows1252(bytes)
        // A declaration may be left over from before a page was saved as UTF-8; no other encoding looks like that.
        default: hasUTF8Sequences(bytes) && isUTF8(bytes) ? utf8(bytes) : convert(bytes, name, name)
        }
    }

    /// Has glibc load what it needs for each encoding, so that a process can give up access to files afterwards. What is
    /// opened stays open on purpose: glibc unloads what nobody uses.
    package static func prepare() {
        for name in EncodingLabel.names { _ = iconv_open("UTF-8", EncodingLabel.iconvName(of: name)) }
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>) -> Decoded {
        if isUTF8(bytes) { return Decoded(utf8: Array(bytes), converted: nil, wrongBytes: 0) }
        // Old text with a wrong label: hardly a sequence that is right.
        if !hasUTF8Sequences(bytes) { return windows1252(bytes) }
        var repair = UTF8Repair()
        let out = repair.append(bytes, isLast: true)
        return Decoded(utf8: out, converted: nil, wrongBytes: repair.wrongBytes)
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, _ order: UTF16Decoder.Order) -> Decoded {
        var decoder = UTF16Decoder(order)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        decoder.append(bytes, to: &out)
        decoder.finish(to: &out)
        return Decoded(utf8: out, converted: "UTF-16", wrongBytes: 0)
    }

    private static func windows1252(_ bytes: ArraySlice<UInt8>) -> Decoded {
        if bytes.allSatisfy({ $0 < 0x80 }) {
            return Decoded(utf8: Array(bytes), converted: nil, wrongBytes: 0)
        }
        return Decoded(utf8: Windows1252.decode(bytes), converted: "windows-1252", wrongBytes: 0)
    }

    private static func convert(_ bytes: ArraySlice<UInt8>, _ name: String, _ words: String) -> Decoded {
        if bytes.allSatisfy({ $0 < 0x80 && $0 != 0x1B }), !name.hasPrefix("UTF") {
            return Decoded(utf8: Array(bytes), converted: nil, wrongBytes: 0)
        }
        guard let converter = EncodingConverter(from: name) else { return windows1252(bytes) }
        let out = converter.convert(bytes, isLast: true)
        return Decoded(utf8: out, converted: words, wrongBytes: converter.wrongBytes)
    }

    static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { endOfValidUTF8($0) == $0.count }
    }

    /// Whether of the bytes outside ASCII at least half stand in valid sequences.
    static func hasUTF8Sequences(_ bytes: ArraySlice<UInt8>) -> Bool {
        var (right, wrong) = (0, 0)
        var rest = bytes
        while let start = rest.firstIndex(where: { $0 >= 0x80 }), right + wrong < 4_096 {
            rest = rest[start...]
            let length = rest[start] >= 0xF0 ? 4 : rest[start] >= 0xE0 ? 3 : 2
            if rest.count >= length, isUTF8(rest.prefix(length)) {
                right += 1
                rest = rest.dropFirst(length)
            } else {
                wrong += 1
                rest = rest.dropFirst()
            }
        }
        return right > 0 && right >= wrong
    }
}
