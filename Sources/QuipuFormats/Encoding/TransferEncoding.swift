internal import QuipuNaturalKeys

/// How bytes are written in mail and in XML (RFC 2045): base64 and quoted-printable, read as far as they go.
enum TransferEncoding {
    static func decode(_ bytes: ArraySlice<UInt8>, _ name: String?) -> [UInt8] {
        switch name {
        case "base64": base64(bytes)
        case "quoted-printable": quotedPrintable(bytes)
        case "x-uuencode", "x-uue", "uuencode": uuencoded(bytes) ?? Array(bytes)
        default: Array(bytes)
        }
    }

    /// What is no letter of the alphabet is passed over; `=` ends a run of letters, and another one may follow.
    static func base64(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.underestimatedCount / 4 * 3)
        var (bits, count): (UInt32, Int) = (0, 0)
        for byte in bytes {
            let value = letters[Int(byte)]
            if value == 255 {
                if byte == UInt8(ascii: "=") { (bits, count) = (0, 0) }
                continue
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return out
    }

    private static let letters: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, letter) in alphabet.utf8.enumerated() { table[Int(letter)] = UInt8(value) }
        // The alphabet for addresses.
        table[Int(UInt8(ascii: "-"))] = 62
        table[Int(UInt8(ascii: "_"))] = 63
        return table
    }()

    static func quotedPrintable(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "=") else {
                // Spaces at the end of a line were added on the way; those that belong to it are written `=20`.
                if byte == 0x20 || byte == 0x09 {
                    let run = bytes[index...].prefix { $0 == 0x20 || $0 == 0x09 }
                    let behind = bytes[run.endIndex...]
                    let isAtEnd = behind.first == 0x0A || behind.starts(with: [0x0D, 0x0A])
                    if !isAtEnd { out += run }
                    index = run.endIndex
                    continue
                }
                out.append(byte)
                index += 1
                continue
            }
            let rest = bytes[(index + 1)...]
            if let high = rest.first.flatMap(ASCII.hexadecimalDigit),
                let low = rest.dropFirst().first.flatMap(ASCII.hexadecimalDigit)
            {
                out.append(UInt8(high) << 4 | UInt8(low))
                index += 3
                continue
            }
            // A line that goes on.
            let blanks = rest.prefix { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            if rest.dropFirst(blanks.count).first == 0x0A || rest.count == blanks.count {
                index += 2 + blanks.count
            } else {
                out.append(byte)
                index += 1
            }
        }
        return out
    }

    /// Nil where there is no `begin` line.
    private static func uuencoded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var out: [UInt8]?
        for line in bytes.split(separator: 0x0A) {
            let line = line.last == 0x0D ? line.dropLast() : line
            guard out != nil else {
                if line.starts(with: "begin ".utf8) { out = [] }
                continue
            }
            if line.elementsEqual("end".utf8) { break }
            guard let first = line.first, (0x20...0x60).contains(first) else { continue }
            var (bits, count): (UInt32, Int) = (0, 0)
            var made: [UInt8] = []
            for byte in line.dropFirst() where (0x20...0x60).contains(byte) {
                bits = bits << 6 | UInt32((byte - 0x20) & 0x3F)
                count += 6
                if count >= 8 {
                    count -= 8
                    made.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                }
            }
            out?.append(contentsOf: made.prefix(Int((first - 0x20) & 0x3F)))
        }
        return out
    }
}
