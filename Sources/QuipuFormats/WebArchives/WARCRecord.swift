/// One record of a WARC file (ISO 28500), or one capture of an ARC file, which came before it.
struct WARCRecord {
    /// `response`, `resource`, `revisit`, `conversion`, … in small letters.
    let type: String
    let fields: HeaderFields
    /// The block, without the blank lines behind it; empty where it is too long to be held.
    let block: [UInt8]
    /// Which record of the file it is, counted from 1.
    let number: Int
    let fileOffset: Int
    /// What is wrong with the record, though it can be read.
    let fault: String?
    /// Whether a part of its block is missing.
    let isCut: Bool
    let isTooLong: Bool

    /// What was fetched. Some writers put it between angle brackets.
    var address: String? {
        guard let text = fields.text("warc-target-uri"), !text.isEmpty else { return nil }
        var address = text[...]
        if address.hasPrefix("<"), address.hasSuffix(">") { address = address.dropFirst().dropLast() }
        // An address has no spaces; older crawlers did not care.
        return address.split(separator: " ").joined(separator: "%20")
    }

    /// When it was fetched: RFC 3339, or the digits of an ARC file.
    var capturedAt: String? {
        guard let text = fields.text("warc-date") else { return nil }
        let digits = Array(text.utf8.prefix(14))
        guard digits.count == 14, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return text }
        return String(decoding: digits[..<8], as: UTF8.self) + "T"
            + String(decoding: digits[8...], as: UTF8.self)
            + "Z"
    }

    var label: String {
        let name = "record \(number)"
        return address.map { "\(name), \($0.prefix(200))" } ?? name
    }
}
