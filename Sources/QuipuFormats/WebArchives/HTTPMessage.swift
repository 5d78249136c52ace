internal import QuipuNaturalKeys

/// A reply as a crawler stored it: status line, header, body; read as far as it can be.
struct HTTPMessage {
    /// Nil where there is no status line that can be read.
    let status: Int?
    let fields: HeaderFields
    let body: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        let line = bytes.prefix { $0 != 0x0A }
        let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 })
        let isStatusLine = line.count < 4_096 && words.first?.starts(with: "HTTP".utf8) == true
        guard isStatusLine || Self.isField(line) else {
            // The header was taken off.
            (status, fields, body) = (nil, HeaderFields(), bytes)
            return
        }
        status =
            isStatusLine && words.count > 1 && words[1].count == 3 && words[1].allSatisfy(ASCII.isDigit)
            ? Int(String(decoding: words[1], as: UTF8.self)) : nil
        let rest = isStatusLine ? bytes.dropFirst(min(line.count + 1, bytes.count)) : bytes
        let header = HeaderFields.read(rest)
        fields = header.fields
        body = bytes[header.body...]
    }

    private static func isField(_ line: ArraySlice<UInt8>) -> Bool {
        let name = line.prefix { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        return !name.isEmpty && line.dropFirst(name.count).first == UInt8(ascii: ":")
    }
}

/// Takes off what was put around a body for its transfer, where it is still there: crawlers store bodies as they came, or
/// unpacked, and their headers do not always follow.
enum TransferredBody {
    enum Outcome {
        case bytes(ArraySlice<UInt8>, fault: String?)
        case refused(String)
    }

    static func unpacked(_ message: HTTPMessage) -> Outcome {
        var body = message.body
        var fault: String?
        if names(message.fields, "transfer-encoding").contains("chunked"), let whole = unchunked(body) {
            body = whole.bytes[...]
            if !whole.isWhole { fault = "its last chunks are missing" }
        }
        for coding in names(message.fields, "content-encoding").reversed() where coding != "identity" {
            switch decoded(body, coding) {
            case .bytes(let bytes, let inner):
                body = bytes
                fault = inner ?? fault
            case .refused(let reason): return .refused(reason)
            }
        }
        return .bytes(body, fault: fault)
    }

    private static func names(_ fields: HeaderFields, _ field: String) -> [String] {
        fields.fields.filter { $0.name == field }.flatMap { value in
            value.value.split(separator: UInt8(ascii: ",")).prefix(8).map {
                String(decoding: HeaderFields.trimmed($0).map(ASCII.lowercased), as: UTF8.self)
            }
        }
    }

    private static func decoded(_ body: ArraySlice<UInt8>, _ coding: String) -> Outcome {
        let most = ExpansionLimits.maximumHeldBytes
        func inflated(_ wrapper: Inflater.Wrapper) -> Outcome? {
            guard let library = ZlibLibrary.loaded else {
                return .refused("its body is compressed (\(coding)), and zlib is not installed")
            }
            return Inflater.expand(body, wrapper, library, maximumBytes: most).map {
                .bytes(
                    $0.bytes[...], fault: $0.isWhole ? nil : "its compressed body is cut, damaged or too long"
                )
            }
        }
        switch coding {
        case "gzip", "x-gzip":
            return body.starts(with: [0x1F, 0x8B])
                ? inflated(.gzip) ?? .bytes(body, fault: nil) : .bytes(body, fault: nil)
        case "deflate":
            if isText(body) { return .bytes(body, fault: nil) }
            return inflated(.zlib) ?? inflated(.deflate) ?? .bytes(body, fault: nil)
        case "br", "zstd":
            let isFrame = coding == "zstd" && body.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
            if !isFrame, isText(body) { return .bytes(body, fault: nil) }
            guard let library = BodyLibrary.named(coding) else {
                return .refused(
                    "its body is compressed with \(coding == "br" ? "Brotli" : "zstd"), and the library for that is not installed"
                )
            }
            return library.expand(body, most).map { .bytes($0[...], fault: nil) }
                ?? .refused("its compressed body (\(coding)) is damaged or too long")
        default:
            return isText(body)
                ? .bytes(body, fault: nil) : .refused("its body has the unknown encoding \(coding)")
        }
    }

    /// Markup and text begin with no control characters.
    private static func isText(_ body: ArraySlice<UInt8>) -> Bool {
        let start = body.drop { $0 == 0x20 || (0x09...0x0D).contains($0) || [0xEF, 0xBB, 0xBF].contains($0) }
            .prefix(256)
        if start.first == UInt8(ascii: "<") { return true }
        let odd = start.count { $0 < 0x20 && !(0x09...0x0D).contains($0) || $0 == 0x7F }
        return odd == 0 && !BinaryContent.isLikely(start)
    }

    /// Nil where the body is not in chunks from its first line on.
    private static func unchunked(_ body: ArraySlice<UInt8>) -> (bytes: [UInt8], isWhole: Bool)? {
        var out: [UInt8] = []
        var rest = body
        while true {
            let line = rest.prefix(4_096).prefix { $0 != 0x0A }
            let digits = HeaderFields.trimmed(line.prefix { $0 != UInt8(ascii: ";") })
            guard line.count < rest.count, (1...8).contains(digits.count),
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 16),
                digits.allSatisfy(ASCII.isAlphanumeric)
            else {
                // Without a first size there are no chunks; later the rest is what it is.
                if out.isEmpty { return nil }
                return (rest.isEmpty ? out : out + rest, false)
            }
            rest = rest.dropFirst(line.count + 1)
            if size == 0 { return (out, true) }
            out += rest.prefix(size)
            if rest.count < size { return (out, false) }
            rest = rest.dropFirst(size)
            if rest.first == 0x0D { rest = rest.dropFirst() }
            if rest.first == 0x0A { rest = rest.dropFirst() }
            if rest.isEmpty { return (out, false) }
        }
    }
}
