internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuCausality
@_spi(_Unicode) internal import Swift

/// Archives' names, `[a-z0-9][a-z0-9_-]{0,63}`.
package enum ArchiveName {
    private static let maximumCount = 64

    /// The default name of an archive in a folder: derived from the folder's name.
    package static func ofFolder(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return from(path) }
        defer { free(resolved) }
        return from(String(cString: resolved))
    }

    /// The last part of a path, without diacritics, and with all other characters replaced that are not allowed in a
    /// name. If that loses letters, a part of a hash is added, so that two folders whose names differ in these
    /// only have names that differ: `新聞` is `archive-` and six digits, on every machine the same.
    package static func from(_ path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? ""
        var name = ""
        var losesLetters = false
        for character in last {
            let base = plainLetter(character)
            if let base {
                name.append(base)
            } else if ["-", "_"].contains(character), !name.isEmpty {
                name.append(character)
            } else {
                if !character.isASCII, !character.isWhitespace { losesLetters = true }
                if !name.isEmpty, name.last != "-" { name.append("-") }
            }
        }
        while name.last == "-" { name.removeLast() }
        if !losesLetters, !name.isEmpty || last.isEmpty {
            return name.isEmpty ? "archive" : cut(name, maximumCount)
        }
        let hash = BLAKE2b.hash16(Array(last.nfc.utf8))
        let digits = Hexadecimal.text(withUnsafeBytes(of: hash.bigEndian) { Array($0.prefix(3)) })
        return cut(name.isEmpty ? "archive" : name, maximumCount - 1 - digits.count) + "-" + digits
    }

    /// The lower-case ASCII letter or digit without its diacritics.
    private static func plainLetter(_ character: Character) -> Character? {
        for scalar in String(character).lowercased()._nfd {
            let base = Character(scalar)
            return base.isASCII && (base.isLetter || base.isNumber) ? base : nil
        }
        return nil
    }

    private static func cut(_ name: String, _ count: Int) -> String {
        var name = name.prefix(count)
        while name.last == "-" { name.removeLast() }
        return String(name)
    }
}

/// Texts that a client gives beside the fields of records.
enum GivenText {
    /// Checks a path: the system would cut it at a NUL, and takes an empty one for its root in a longer one.
    ///
    /// - Throws: `badName`.
    static func check(path: String, of what: String) throws(QuipuError) {
        guard !path.isEmpty else { throw QuipuError(.badName, "the path of \(what) is empty") }
        guard !path.utf8.contains(0) else {
            throw QuipuError(.badName, "the path of \(what) has a NUL character in it")
        }
    }

    /// Checks a name: one line, without spaces at its ends, so that names that look alike are equal.
    ///
    /// - Throws: `badName`.
    static func check(line: String, as what: String) throws(QuipuError) {
        let scalars = line.unicodeScalars
        guard let first = scalars.first, let last = scalars.last else {
            throw QuipuError(.badName, "\(what) is not empty")
        }
        guard !first.properties.isWhitespace, !last.properties.isWhitespace,
            !scalars.contains(where: isHidden)
        else {
            throw QuipuError(.badName, "\(what) is one line of text without spaces at its ends")
        }
    }

    /// Whether a character breaks a line, controls a terminal or turns the direction of the text after it (Unicode TR 9).
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        default: false
        }
    }
}
