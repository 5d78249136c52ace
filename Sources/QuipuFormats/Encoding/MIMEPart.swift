internal import QuipuNaturalKeys

/// A part of a message (RFC 2046), as a piece of its bytes: nothing is copied until a part is decoded.
struct MIMEPart {
    static let maximumDepth = 32
    static let maximumParts = 1_000

    let fields: HeaderFields
    let body: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        let header = HeaderFields.read(bytes)
        fields = header.fields
        body = bytes[header.body...]
    }

    /// `text/plain` where nothing is said.
    var mediaType: String {
        guard let type = fields.mediaType(), type.contains("/") else { return "text/plain" }
        return type
    }

    var isMultipart: Bool { mediaType.hasPrefix("multipart/") && boundary != nil }

    private var boundary: String? {
        fields.parameter("boundary", of: "content-type").flatMap {
            $0.isEmpty || $0.utf8.count > 256 ? nil : $0
        }
    }

    private var disposition: String? { fields.mediaType("content-disposition") }

    /// What its file is called, without folders.
    var fileName: String? {
        for field in ["content-disposition", "content-type"] {
            guard let value = fields.bytes(field) else { continue }
            let parameters = HeaderFields.parameters(value)
            let name = field == "content-type" ? "name" : "filename"
            if let found = EncodedWords.parameter(name, parameters), let last = AttachmentName.checked(found)
            {
                return last
            }
        }
        return nil
    }

    /// Whether it is text that belongs to the message rather than a file that came with it.
    var isInlineText: Bool {
        ["text/plain", "text/html"].contains(mediaType) && disposition != "attachment" && fileName == nil
    }

    /// What it holds, without the encoding for its transfer.
    var decoded: [UInt8] { TransferEncoding.decode(body, fields.mediaType("content-transfer-encoding")) }

    /// What it says its encoding is, where that is none that is known.
    var unknownCharset: String? {
        guard let charset = EncodedWords.label(fields.parameter("charset", of: "content-type")),
            EncodingLabel.name(of: charset) == nil
        else { return nil }
        return charset
    }

    /// As text in UTF-8, its lines ended by line feeds.
    var text: String {
        let text = EncodedWords.text(decoded, fields.parameter("charset", of: "content-type"))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 where byte != 0 {
            if byte == 0x0A, bytes.last == 0x0D { bytes.removeLast() }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The parts of a multipart, between its boundaries. A last one without its end is taken as far as it goes.
    var parts: [MIMEPart] {
        guard let boundary else { return [] }
        let mark = Array(("--" + boundary).utf8)
        var parts: [MIMEPart] = []
        var start: Int?
        var index = body.startIndex
        while index < body.endIndex, parts.count < Self.maximumParts {
            let end = body[index...].firstIndex(of: 0x0A) ?? body.endIndex
            if body[index..<end].starts(with: mark) {
                let rest = HeaderFields.trimmed(body[(index + mark.count)..<end])
                let isLast = rest.elementsEqual("--".utf8)
                if isLast || rest.isEmpty {
                    if let start {
                        parts.append(MIMEPart(Self.withoutLineEnd(body[start..<max(start, index)])))
                    }
                    start = isLast ? nil : min(end + 1, body.endIndex)
                    if isLast { return parts }
                }
            }
            index = end + 1
        }
        if let start, parts.count < Self.maximumParts { parts.append(MIMEPart(body[start...])) }
        return parts
    }

    /// The line end before a boundary belongs to the boundary.
    private static func withoutLineEnd(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        return bytes
    }
}
