internal import QuipuNaturalKeys

extension PDFText {
    /// Lines as paragraphs: joined where a sentence goes on, words put together that a line end cuts, and without what
    /// stands on top and at the foot of the pages.
    static func readingText(_ text: String) -> String {
        let pages = text.split(separator: "\u{0C}", omittingEmptySubsequences: false).map { page in
            page.split(omittingEmptySubsequences: false) { $0.isNewline }.map {
                WhiteSpace.trimmed(String($0))
            }
        }
        let repeated = repeatedLines(pages)
        var paragraphs: [String] = []
        var paragraph = ""
        func end() {
            if !paragraph.isEmpty { paragraphs.append(paragraph) }
            paragraph = ""
        }
        for lines in pages {
            var kept = lines.enumerated().filter { index, line in
                !(isEdge(index, lines) && (repeated.contains(shape(line)) || isPageNumber(line)))
            }.map(\.element)[...]
            // A page's top and foot end no paragraph.
            kept = kept.drop(while: \.isEmpty)
            while kept.last?.isEmpty == true { kept.removeLast() }
            for line in kept {
                if line.isEmpty {
                    end()
                } else {
                    append(line, to: &paragraph)
                }
            }
            if endsSentence(paragraph) { end() }
        }
        end()
        return paragraphs.joined(separator: "\n\n")
    }

    private static func append(_ line: String, to paragraph: inout String) {
        if paragraph.isEmpty {
            paragraph = line
        } else if paragraph.hasSuffix("\u{AD}") {
            paragraph.removeLast()
            paragraph += line
        } else if paragraph.hasSuffix("-"), line.first?.isLowercase == true,
            paragraph.dropLast().last?.isLetter == true
        {
            paragraph.removeLast()
            paragraph += line
        } else {
            paragraph += " " + line
        }
    }

    private static func endsSentence(_ text: String) -> Bool {
        text.last.map { ".!?…:”\"’)".contains($0) } ?? true
    }

    /// Among the first or last two lines of a page that are not blank.
    private static func isEdge(_ index: Int, _ lines: [String]) -> Bool {
        let before = lines[..<index].count { !$0.isEmpty }
        let behind = lines[(index + 1)...].count { !$0.isEmpty }
        return before < 2 || behind < 2
    }

    private static func isPageNumber(_ line: String) -> Bool {
        !line.isEmpty && line.utf8.count <= 12 && line.utf8.contains(where: ASCII.isDigit)
            && line.unicodeScalars.allSatisfy {
                $0.properties.numericType != nil || " -–—/[]()".unicodeScalars.contains($0)
            }
    }

    /// A line without its numbers: `12 Quispe, Floods` and `14 Quispe, Floods` are alike.
    private static func shape(_ line: String) -> String {
        String(decoding: line.utf8.filter { !ASCII.isDigit($0) }, as: UTF8.self)
    }

    /// The shapes of lines that stand at the edges of at least three pages, and of a third of all.
    private static func repeatedLines(_ pages: [[String]]) -> Set<String> {
        var counts: [String: Int] = [:]
        for lines in pages {
            var seen: Set<String> = []
            for (index, line) in lines.enumerated() where !line.isEmpty && line.utf8.count <= 200 {
                if isEdge(index, lines) { seen.insert(shape(line)) }
            }
            for shape in seen where !shape.isEmpty { counts[shape, default: 0] += 1 }
        }
        return Set(counts.filter { $0.value >= max(3, pages.count / 3) }.keys)
    }
}
