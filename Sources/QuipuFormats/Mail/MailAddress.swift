internal import QuipuNaturalKeys

/// `"Quispe, Ana" <ana@example.org>`, `ana@example.org (Ana Quispe)` and lists of such (RFC 5322).
struct MailAddress {
    let name: String?
    let address: String

    private static let maximumAddresses = 100

    static func list(_ value: ArraySlice<UInt8>) -> [MailAddress] {
        var addresses: [MailAddress] = []
        for part in parts(value).prefix(maximumAddresses) {
            if let address = one(part) { addresses.append(address) }
        }
        return addresses
    }

    /// Cut at commas that stand neither in quotation marks, brackets nor comments; a group's name is left out.
    private static func parts(_ value: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = value.startIndex
        var isQuoted = false
        var (comments, brackets) = (0, 0)
        var index = value.startIndex
        while index < value.endIndex {
            switch value[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "\"") where comments == 0: isQuoted.toggle()
            case UInt8(ascii: "(") where !isQuoted: comments += 1
            case UInt8(ascii: ")") where !isQuoted: comments = max(0, comments - 1)
            case UInt8(ascii: "<") where !isQuoted: brackets = 1
            case UInt8(ascii: ">") where !isQuoted: brackets = 0
            case UInt8(ascii: ":") where !isQuoted && comments == 0 && brackets == 0: start = index + 1
            case UInt8(ascii: ","), UInt8(ascii: ";"):
                if !isQuoted, comments == 0, brackets == 0 {
                    parts.append(value[start..<index])
                    start = index + 1
                }
            default: break
            }
            index += 1
        }
        if start < value.endIndex { parts.append(value[start...]) }
        return parts
    }

    private static func one(_ part: ArraySlice<UInt8>) -> MailAddress? {
        let part = HeaderFields.trimmed(part)
        if part.isEmpty { return nil }
        if let open = part.lastIndex(of: UInt8(ascii: "<")) {
            let address = part[(open + 1)...].prefix { $0 != UInt8(ascii: ">") }
            let name = unquoted(HeaderFields.trimmed(part[..<open]))
            return MailAddress(name: name, address: EncodedWords.decode(HeaderFields.trimmed(address)))
        }
        if let open = part.firstIndex(of: UInt8(ascii: "(")) {
            let comment = part[(open + 1)...].prefix { $0 != UInt8(ascii: ")") }
            return MailAddress(
                name: unquoted(HeaderFields.trimmed(comment)),
                address: EncodedWords.decode(HeaderFields.trimmed(part[..<open])))
        }
        return MailAddress(name: nil, address: EncodedWords.decode(part))
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> String? {
        var out: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.endIndex {
                out.append(bytes[index + 1])
                index += 2
                continue
            }
            if bytes[index] != UInt8(ascii: "\"") { out.append(bytes[index]) }
            index += 1
        }
        let name = WhiteSpace.trimmed(EncodedWords.decode(out[...]))
        return name.isEmpty ? nil : name
    }
}
