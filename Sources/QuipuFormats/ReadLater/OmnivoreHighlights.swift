internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// The files `highlights/SLUG.md` of an export of Omnivore: of each passage its words as a quotation, then its labels in a line
/// (`#river #flood`) and a remark, where it has some. A text that no quotation goes before is a note on the page; such a note
/// ends with two blank lines more.
struct OmnivoreHighlights {
    struct Highlight: Equatable {
        /// Empty for a note on the page.
        var quote = ""
        var labels: [String] = []
        var note = ""
    }

    private(set) var highlights: [Highlight] = []

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.hasSuffix("\r") ? String($0.dropLast()) : String($0)
        }
        var index = 0
        var isInQuote = false
        // Lines of the remark that is read, and blank lines behind it.
        var note: [String] = []
        var blanks = 0
        func takeNote(isOfPage: Bool, _ highlights: inout [Highlight]) {
            defer { note = [] }
            let words = WhiteSpace.trimmed(note.joined(separator: "\n"))
            if words.isEmpty { return }
            if isOfPage || highlights.isEmpty || highlights[highlights.count - 1].quote.isEmpty {
                highlights.append(Highlight(note: words))
            } else {
                highlights[highlights.count - 1].note = words
            }
        }
        while index < lines.count {
            let line = lines[index]
            index += 1
            if line.hasPrefix("> ") || line == ">" {
                let words = String(line.dropFirst(2))
                if isInQuote {
                    // A paragraph of the passage.
                    highlights[highlights.count - 1].quote += "\n\n" + words
                } else {
                    takeNote(isOfPage: blanks >= 3, &highlights)
                    highlights.append(Highlight(quote: words))
                    isInQuote = true
                }
                blanks = 0
            } else if SourceValue.isBlank(line) {
                isInQuote = false
                blanks += 1
                if !note.isEmpty { note.append("") }
            } else if isInQuote {
                highlights[highlights.count - 1].quote += "\n" + line
            } else {
                if let labels = Self.labels(line), note.isEmpty, !highlights.isEmpty,
                    highlights[highlights.count - 1].labels.isEmpty
                {
                    highlights[highlights.count - 1].labels = labels
                } else {
                    if blanks >= 3 { takeNote(isOfPage: true, &highlights) }
                    note.append(line)
                }
                blanks = 0
            }
        }
        takeNote(isOfPage: blanks >= 2, &highlights)
        for index in highlights.indices {
            highlights[index].quote = WhiteSpace.trimmed(highlights[index].quote)
        }
        highlights.removeAll { $0.quote.isEmpty && $0.note.isEmpty && $0.labels.isEmpty }
    }

    /// `#one #two words`; nil for another line.
    private static func labels(_ line: String) -> [String]? {
        guard line.hasPrefix("#"), line.utf8.dropFirst().first.map({ $0 != 0x20 && $0 != 0x23 }) == true
        else {
            return nil
        }
        var labels: [String] = []
        var words = ""
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            if word.hasPrefix("#") {
                if !words.isEmpty { labels.append(words) }
                words = String(word.dropFirst())
            } else {
                words += " " + word
            }
        }
        labels.append(words)
        return labels.map { WhiteSpace.trimmed($0) }.filter { !$0.isEmpty }
    }

    /// The annotations and notes of the page.
    /// - Parameter page: by which the page is known in Omnivore.
    func events(on page: String, parent: String, at place: SourcePlace) -> [SourceEvent] {
        var events: [SourceEvent] = []
        var times: [String: Int] = [:]
        for highlight in highlights {
            let words = highlight.quote.isEmpty ? highlight.note : highlight.quote
            times[words, default: 0] += 1
            // The same words may stand in several places.
            let number = times[words].flatMap { $0 > 1 ? ["\($0)"] : nil } ?? []
            var facts = PartFacts()
            facts.tags = highlight.labels.isEmpty ? nil : .array(highlight.labels.map { .string($0) })
            facts.foreignID = Readwise.id(of: [page, words] + number)
            facts.producer = "omnivore:highlights"
            var relations = SourceRelations()
            relations.parent = parent
            let note = highlight.note.isEmpty ? nil : highlight.note
            events.add(at: place) { () throws(Rejection) in
                if highlight.quote.isEmpty {
                    return try .note(text: note, facts: facts, place: place, relations: relations)
                }
                relations.passage = SourcePassage(exact: highlight.quote)
                return try .annotation(text: note, facts: facts, place: place, relations: relations)
            }
        }
        return events
    }
}
