internal import Quipu

/// A record as `show` prints it for people: what it is, its text, what others wrote on it, and its ids last.
struct RecordPageText {
    private static let titleWidth = 12

    private let page: RecordPage
    private let output: Output
    private let text: MarkedText

    init(_ page: RecordPage, _ output: Output) {
        (self.page, self.output) = (page, output)
        text = MarkedText(page)
    }

    private var record: Record { page.record }
    private var style: Styling { output.style }

    func print() {
        let caption = TerminalSanitizer.line(record.caption ?? "")
        if !caption.isEmpty {
            for line in TextWrap(columns: output.textWidth).lines(caption) { output.line(style(line, .bold)) }
        }
        printState()
        if let target = page.target {
            row("target", RecordText.title(target) + (target.isDeleted ? " (deleted)" : ""))
        }
        if !record.tags.isEmpty { row("tags", TerminalSanitizer.line(record.tags.joined(separator: ", "))) }
        if !page.collectionNames.isEmpty {
            row("collections", TerminalSanitizer.line(page.collectionNames.joined(separator: ", ")))
        }
        if !record.members.isEmpty {
            let handles = record.members.prefix(20).map(\.handle) + (record.members.count > 20 ? ["…"] : [])
            row("merged", handles.joined(separator: ", "))
        }
        if let former = record.mergedInto { row("state", "merged into \(former.handle)") }
        for source in page.sources { row("from", TerminalSanitizer.line(source)) }
        let fields = shownFields
        for field in fields where !isLong(field) { row(field.name, ValueText.line(field.json)) }
        for text in page.waitingTexts { row(text.field, ValueText.waiting(text), [.dim]) }
        if let passage = page.passage { row("place", DependentText.place(passage, page.match)) }
        if let file = page.file {
            row(
                "file",
                file.isHere
                    ? "here; quipu save \(record.id.handle) FILE" : "not here; quipu save fetches it")
        }
        for field in fields where isLong(field) {
            output.line()
            output.line(style(TerminalSanitizer.line(field.name), .bold))
            if field.name == "body", !text.isEmpty {
                text.print(to: output)
            } else {
                let wrap = TextWrap(columns: output.textWidth)
                for line in wrap.lines(ValueText.paragraphs(field.json)) { output.line(line) }
            }
        }
        DependentText(page, output, numbers: text.numbers).print()
        output.line()
        row(TerminalSanitizer.line(record.kind.rawValue), record.id.handle, [.cyan])
        row("id", record.id.uuid)
        row("version", record.version.description)
    }

    private func printState() {
        if record.isPurged {
            row("state", "purged; what it held is forgotten for good", [.yellow])
        } else if record.isDeleted {
            row("state", "deleted; quipu restore \(record.id.handle)", [.yellow])
        }
        if record.isInConflict { row("state", "in conflict; quipu conflicts \(record.id.handle)", [.yellow]) }
    }

    private typealias ShownField = (name: String, json: [UInt8])

    /// Fields that have a value and no line of their own, those of the kind first, in its order.
    private var shownFields: [ShownField] {
        let schema = record.kind.schema
        let sets = (schema?.fields ?? []).filter(\.isSet).map { $0.name + "/" }
        let heading = headingField
        let hasQuote = record.fields.json(of: "quote") != nil
        let own = record.fields.all.filter { name, json in
            let isSaid =
                json == Array("null".utf8) || name == "mergedInto"
                || name.utf8.starts(with: Fields.sourcePrefix.utf8)
                || name == heading || name == "target" && page.target != nil
                || (name == "position" || name == "anchor") && hasQuote
            return !isSaid && !sets.contains { name.hasPrefix($0) }
        }
        let order = schema?.fields.map(\.name) ?? []
        return order.compactMap { name in own.first { $0.name == name } }
            + own.filter { !order.contains($0.name) }
    }

    /// The field that the heading shows whole.
    private var headingField: String? {
        ["title", "name"].first { record.fields.string($0) != nil }
            ?? (record.fields.json(of: "quote") == nil ? nil : "quote")
    }

    private func isLong(_ field: ShownField) -> Bool {
        if ["body", "text", "abstract"].contains(field.name) { return true }
        guard let text = record.fields.string(field.name) else { return false }
        return text.utf8.count > 500 || text.utf8.contains(UInt8(ascii: "\n"))
    }

    /// A title and what follows it, further lines under their first.
    private func row(_ title: String, _ text: String, _ styles: [Style] = []) {
        let title = TerminalSanitizer.line(title)
        let gap = max(1, Self.titleWidth - DisplayWidth.of(title))
        let room = output.textWidth.map { max(20, $0 - DisplayWidth.of(title) - gap) }
        for (number, line) in TextWrap(columns: room).lines(text).enumerated() {
            let beginning =
                number == 0
                ? style(title, .dim) + String(repeating: " ", count: gap)
                : String(repeating: " ", count: DisplayWidth.of(title) + gap)
            output.line(beginning + style.apply(styles, to: line))
        }
    }
}
