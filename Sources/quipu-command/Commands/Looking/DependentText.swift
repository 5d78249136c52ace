internal import Quipu

/// What belongs to a record, under a heading for each kind: annotations in the order of the text, others in that of their
/// creation.
struct DependentText {
    private let page: RecordPage
    private let output: Output
    private let numbers: [Int: Int]

    /// - Parameter numbers: of annotations, by their place among the page's dependents.
    init(_ page: RecordPage, _ output: Output, numbers: [Int: Int]) {
        (self.page, self.output, self.numbers) = (page, output, numbers)
    }

    func print() {
        var kinds: [RecordKind] = []
        for item in page.dependents where !kinds.contains(item.record.kind) { kinds.append(item.record.kind) }
        for kind in kinds {
            let indexes = page.dependents.indices.filter { page.dependents[$0].record.kind == kind }
                .sorted { (numbers[$0] ?? .max, $0) < (numbers[$1] ?? .max, $1) }
            output.line()
            output.line(output.style(Self.heading(kind), .bold))
            for index in indexes { print(page.dependents[index], number: numbers[index]) }
        }
    }

    private static func heading(_ kind: RecordKind) -> String {
        let name = TerminalSanitizer.line(kind.rawValue)
        return name.prefix(1).uppercased() + name.dropFirst() + "s"
    }

    private func print(_ item: RecordPage.Dependent, number: Int?) {
        let style = output.style
        let quote = item.record.fields.json(of: "quote") == nil ? nil : item.record.caption
        var first: [String] = []
        if let quote { first.append("“\(DisplayWidth.cut(TerminalSanitizer.line(quote), to: 50))”") }
        if let passage = item.passage, passage.isWorthSaying {
            first.append("(\(Self.place(passage, item.match)))")
        }
        if let file = item.file {
            first.append(
                "\(DisplayWidth.cut(TerminalSanitizer.line(file.name ?? ""), to: 50)) (\(file.text))")
        }
        let remark =
            item.record.fields.text ?? (quote == nil && item.file == nil ? item.record.caption : nil)
        let mark = number.map(MarkedText.superscript) ?? "-"
        var margin = mark + String(repeating: " ", count: max(1, 4 - mark.count))
        func say(_ text: String, _ styles: [Style] = []) {
            let wrap = TextWrap(columns: output.textWidth.map { max(20, $0 - 4) })
            for line in wrap.lines(text) {
                output.line(line.isEmpty ? "" : margin + style.apply(styles, to: line))
                margin = "    "
            }
        }
        if !first.isEmpty { say(first.joined(separator: " ")) }
        if let remark { say(TerminalSanitizer.paragraphs(remark)) }
        var about: [String] = []
        about.append(
            TerminalSanitizer.line("\(Self.author(of: item)), \(Self.date(of: item) ?? day(of: item))"))
        if !item.record.tags.isEmpty {
            about.append("[\(TerminalSanitizer.line(item.record.tags.joined(separator: ", ")))]")
        }
        if item.record.isInConflict { about.append("in conflict") }
        about.append(RecordText.name(item.record))
        say(about.joined(separator: "  "), [.dim])
    }

    /// What a source says of it; of what nobody says so, who wrote it here.
    private static func author(of item: RecordPage.Dependent) -> String {
        let named = item.isByProgram ? item.record.fields.authors : []
        return named.isEmpty
            ? item.author + (item.isByProgram ? " (by program)" : "") : named.joined(separator: ", ")
    }

    private static func date(of item: RecordPage.Dependent) -> String? {
        item.isByProgram ? item.record.fields.date.map { String($0.prefix(10)) } : nil
    }

    private func day(of item: RecordPage.Dependent) -> String {
        output.clock.day(milliseconds: item.timeMilliseconds)
    }

    static func place(_ passage: Passage, _ match: Passage.Match?) -> String {
        switch (passage, match) {
        case (.found(let range), _): "found at \(range.lowerBound)"
        case (.moved(let range), .found(.context, let score)?):
            "moved to \(range.lowerBound), told by its context; score \(Passage.text(ofScore: score))"
        case (.moved(let range), _): "moved to \(range.lowerBound)"
        case (.changed(let range), .found(_, let score)?):
            "changed: the text at \(range.lowerBound) is nearly the same; score \(Passage.text(ofScore: score))"
        case (.changed(let range), _) where range.isEmpty:
            "lost\(version(of: match)): it was removed from the text at \(range.lowerBound)"
        case (.changed(let range), _): "changed: the text at \(range.lowerBound) is different now"
        case (.lost, _): "lost\(version(of: match)): the passage is no longer in the text"
        }
    }

    private static func version(of match: Passage.Match?) -> String {
        guard case .lost(let version?)? = match else { return "" }
        return " at \(version.short)"
    }
}

extension Passage {
    /// What stands where it stood, or only elsewhere, is marked in the text.
    fileprivate var isWorthSaying: Bool {
        switch self {
        case .found, .moved: false
        case .changed, .lost: true
        }
    }
}
