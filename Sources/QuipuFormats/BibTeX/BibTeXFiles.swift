internal import QuipuNaturalKeys

/// The field `file` as JabRef, Better BibTeX, Mendeley and Calibre write it: `title:path:type;…`, where `\` protects
/// colons and semicolons; or a path alone.
enum BibTeXFiles {
    static func read(_ value: String) -> (files: [AttachedFile], others: [String]) {
        var files: [AttachedFile] = []
        var others: [String] = []
        for entry in split(unbraced(accented(value)), at: ";").flatMap(calibre).prefix(10_000)
        where !SourceValue.isBlank(entry) {
            let parts = driveJoined(split(entry, at: ":").map(unescaped))
            let file: AttachedFile?
            switch parts.count {
            case 0: file = nil
            case 1: file = AttachedFile(parts[0])
            case 2:
                file =
                    parts[0].isEmpty || AttachedFile.mediaType(parts[1]) == nil
                    ? AttachedFile(parts[1].isEmpty ? parts[0] : parts[1])
                    : AttachedFile(parts[0], type: parts[1])
            default:
                let path = parts[1..<(parts.count - 1)].joined(separator: ":")
                file = AttachedFile(path, name: parts[0], type: parts[parts.count - 1])
            }
            // An address has a colon of its own.
            if parts.first.map({ $0 == "http" || $0 == "https" }) == true || file == nil {
                others.append(WhiteSpace.trimmed(entry))
            } else if let file {
                files.append(file)
            }
        }
        return (files, others)
    }

    /// Letters with accents, as JabRef writes them, `{\"U}n`; and `$\backslash$`, which Mendeley writes for a `\`.
    private static func accented(_ value: String) -> String {
        let value = value.replacing("$\\backslash$", with: "\\")
        guard value.contains("{\\") else { return value }
        let scalars = Array(value.unicodeScalars)
        var out = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            guard let end = accentEnd(scalars, index) else {
                out.append(scalars[index])
                index += 1
                continue
            }
            var group = String.UnicodeScalarView()
            group.append(contentsOf: scalars[index..<end])
            out.append(contentsOf: LaTeXText.decode(String(group)).unicodeScalars)
            index = end
        }
        return String(out)
    }

    /// Behind the bracket that closes one with a command, `{\'{e}}` or `{\ss}`; of few letters, since folders have names.
    private static func accentEnd(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
        guard scalars[start] == "{", start + 2 < scalars.count, scalars[start + 1] == "\\",
            scalars[start + 2] != "\\", !"_&%#$".unicodeScalars.contains(scalars[start + 2])
        else { return nil }
        var depth = 0
        for index in start..<min(start + 12, scalars.count) {
            if scalars[index] == "{" { depth += 1 }
            if scalars[index] == "}" { depth -= 1 }
            if depth == 0 { return index + 1 }
        }
        return nil
    }

    /// What LaTeX needs and a path does not: `{\_}`, `\_`, brackets.
    static func unbraced(_ value: String) -> String {
        var out: [UInt8] = []
        let bytes = Array(value.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count, "_&%#$".utf8.contains(bytes[index + 1]) {
                index += 1
                out.append(bytes[index])
            } else if byte != UInt8(ascii: "{"), byte != UInt8(ascii: "}"), byte != 0x0A, byte != 0x0D {
                out.append(byte)
            }
            index += 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Calibre joins entries with a comma: `:/a.epub:EPUB, :/a.pdf:PDF`.
    private static func calibre(_ entry: String) -> [String] {
        guard entry.hasPrefix(":") else { return [entry] }
        var parts: [String] = []
        var rest = entry[...]
        while let comma = rest.range(of: ", :") {
            parts.append(String(rest[..<comma.lowerBound]))
            rest = rest[rest.index(before: comma.upperBound)...]
        }
        return parts + [String(rest)]
    }

    private static func split(_ text: String, at separator: Character) -> [String] {
        var parts: [String] = []
        var part = ""
        var isEscaped = false
        for character in text {
            if character == separator, !isEscaped {
                parts.append(part)
                part = ""
            } else {
                part.append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        parts.append(part)
        return parts
    }

    private static func unescaped(_ text: String) -> String {
        var out = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                if !":;\\".contains(character) { out.append("\\") }
                out.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                out.append(character)
            }
        }
        if isEscaped { out.append("\\") }
        return out
    }

    /// `C:\Texts\a.pdf` has a colon that parts nothing.
    private static func driveJoined(_ parts: [String]) -> [String] {
        var joined: [String] = []
        for part in parts {
            if let drive = joined.last, drive.utf8.count == 1, drive.utf8.allSatisfy(ASCII.isLetter),
                part.hasPrefix("\\") || part.hasPrefix("/")
            {
                joined[joined.count - 1] = drive + ":" + part
            } else {
                joined.append(part)
            }
        }
        return joined
    }
}

extension Substring {
    /// The first place of a text within it.
    fileprivate func range(of text: String) -> Range<Index>? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(text) { return place..<index(place, offsetBy: text.count) }
            place = index(after: place)
        }
        return nil
    }
}
