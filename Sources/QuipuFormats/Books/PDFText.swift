internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// The text of a PDF, as `pdftotext` writes it, as an article. The file itself is read by that program, in a process of its
/// own; here only its output is.
package enum PDFText {
    /// Titles that programs put there by themselves.
    private static let noTitles = [
        "untitled", "microsoft word", "microsoft powerpoint", "powerpoint presentation", "document",
    ]
    private static let maximumLineBytes = 200

    /// - Parameters:
    ///   - text: the output of `pdftotext FILE -`: lines, and a form feed behind each page.
    ///   - metadata: that of `pdfinfo -isodates FILE`, as ``metadata(ofInfo:)`` reads it.
    /// - Throws: where there is no text, as in a PDF of scanned pages.
    package static func event(
        text: String, metadata: [(name: String, value: String)], place: SourcePlace
    ) -> SourceEvent {
        do throws(Rejection) {
            return .item(try item(text: text, metadata: metadata, place: place))
        } catch {
            return error.event(at: place)
        }
    }

    static func item(
        text: String, metadata: [(name: String, value: String)], place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        let body = readingText(text)
        if SourceValue.isBlank(body) {
            throw Rejection(
                "the PDF holds no text: perhaps its pages are pictures, which need text recognition first")
        }
        var members = [JSONMember(name: "body", value: .string(body))]
        func add(_ name: String, _ value: JSONValue) { members.append(JSONMember(name: name, value: value)) }
        for (name, value) in metadata where !SourceValue.isBlank(value) {
            let value = WhiteSpace.trimmed(value)
            switch name.lowercased() {
            case "title": add(isTitle(value) ? "title" : "x-title", .string(value))
            case "author": add("author", authors(value))
            case "creationdate": add("date", .string(value))
            case "moddate": add("modified", .string(value))
            case "subject": add("abstract", .string(value))
            case "keywords": add("tags", .string(value))
            case "pages", "creator", "producer": add("x-" + name, .string(value))
            default: break
            }
        }
        if let doi = doi(text) { add("doi", .string(doi)) }
        var relations = SourceRelations()
        relations.key = "pdf"
        return try ArticleMapping.item(from: members, place: place, relations: relations)
    }

    /// `Title:          A title`, a line each.
    package static func metadata(ofInfo text: String) -> [(name: String, value: String)] {
        text.split(separator: "\n").prefix(100).compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let name = WhiteSpace.trimmed(String(line[..<colon]))
            return (name, WhiteSpace.trimmed(String(line[line.index(after: colon)...])))
        }
    }

    private static func isTitle(_ title: String) -> Bool {
        let lowered = title.lowercased()
        let isFileName = [".doc", ".docx", ".pdf", ".tex", ".dvi", ".indd", ".qxd", ".rtf"].contains {
            lowered.hasSuffix($0)
        }
        return title.count > 3 && !isFileName && !noTitles.contains { lowered.hasPrefix($0) }
            && title.contains { $0.isLetter }
    }

    /// `Ana Quispe; Ben Ruiz`, `Ana Quispe and Ben Ruiz`; a comma may stand in a name.
    private static func authors(_ text: String) -> JSONValue {
        let parts = text.split(separator: ";").flatMap { part -> [String] in
            var names: [String] = []
            var name: [Substring] = []
            for word in part.split(separator: " ") {
                if word == "and" || word == "&" {
                    names.append(name.joined(separator: " "))
                    name = []
                } else {
                    name.append(word)
                }
            }
            return (names + [name.joined(separator: " ")]).map(WhiteSpace.trimmed).filter { !$0.isEmpty }
        }
        return parts.count == 1 ? .string(parts[0]) : .array(parts.map { .string($0) })
    }

    /// The one DOI that the first page says of itself.
    private static func doi(_ text: String) -> String? {
        let page = text.prefix { $0 != "\u{0C}" }.prefix(20_000)
        var found: Set<String> = []
        for word in page.split(whereSeparator: { $0.isWhitespace }) {
            let lowered = word.lowercased()
            guard let start = lowered.range(of: "10."),
                lowered.hasPrefix("doi:10.") || lowered.contains("doi.org/10.")
            else {
                continue
            }
            var doi = String(lowered[start.lowerBound...])
            while let last = doi.last, ".,;)]".contains(last) { doi.removeLast() }
            if let canonical = SourceAddress.doi(doi) { found.insert(canonical) }
        }
        return found.count == 1 ? found.first : nil
    }
}

extension String {
    fileprivate func range(of word: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(word) { return start..<index(start, offsetBy: word.count) }
            start = index(after: start)
        }
        return nil
    }
}
