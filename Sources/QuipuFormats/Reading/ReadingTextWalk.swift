internal import QuipuNaturalKeys

/// Walks through a tree without recursion and writes its blocks.
struct ReadingTextWalk {
    private enum Effect {
        case block, heading, quote, list, item, code, link, ruby, table, quotation, noteMark
    }

    private let base: URLReference.Base?
    private var writer = ReadingTextWriter()
    private var line = ReadingLine()
    private var effects: [(index: Int, effect: Effect)] = []
    private var lists: [(isOrdered: Bool, number: Int)] = []
    private var headingLevel: Int?
    /// Whether the preformatted text is code.
    private var isCode: Bool?
    private var isInDataTable = false
    private var isFirstCell = true

    init(base: String?) { self.base = base.flatMap(URLReference.Base.init) }

    mutating func finish() -> String {
        endBlock()
        return writer.text
    }

    mutating func read(_ top: MarkupElement) {
        endBlock()
        let tree = top.tree
        var at = top.index
        while !writer.isFull {
            let isEntered = enter(MarkupElement(tree: tree, index: at))
            let child = Int(tree.nodes[at].firstChild)
            if isEntered, child >= 0 {
                at = child
                continue
            }
            if isEntered { leave(at) }
            while at != top.index, tree.nodes[at].next < 0 {
                at = Int(tree.nodes[at].parent)
                leave(at)
            }
            if at == top.index { break }
            at = Int(tree.nodes[at].next)
        }
        endBlock()
    }

    /// - Returns: whether what is inside is to be read; then `leave` follows.
    private mutating func enter(_ element: MarkupElement) -> Bool {
        if element.isText {
            text(element)
            return false
        }
        let name = element.name
        if HiddenContent.elements.contains(name) || HiddenContent.isHidden(element) { return false }
        switch name {
        case "br":
            lineBreak()
            return false
        case "hr":
            endBlock()
            if isCode == nil, headingLevel == nil, !isInDataTable { writer.write([Array("---".utf8)]) }
            return false
        case "img", "amp-img":
            picture(element)
            return false
        case "en-todo":
            line.append(element.attribute("checked") == "true" ? "[x] " : "[ ] ")
            return false
        case "en-crypt":
            // What is encrypted says nothing to a reader, nor to a search.
            line.append("[encrypted]")
            return false
        case "math":
            guard let words = element.attribute("alttext") else { return true }
            line.append(words)
            return false
        case "h1", "h2", "h3", "h4", "h5", "h6": heading(name, element)
        case "blockquote": open(element, .quote)
        case "ul", "ol", "menu", "dir": list(name, element)
        case "li": item(element)
        case "pre", "listing", "xmp": code(element)
        case "a":
            if Self.isNoteMark(element), isCode == nil {
                line.append("[")
                effects.append((element.index, .noteMark))
            } else {
                link(element)
            }
        case "rt":
            if element.parent?.contents.contains(where: { $0.name == "rp" }) != true {
                line.append("(")
                effects.append((element.index, .ruby))
            }
        case "rp": return false
        case "q":
            line.append("\u{201C}")
            effects.append((element.index, .quotation))
        case "table":
            endBlock()
            effects.append((element.index, .table))
            isInDataTable = DataTable.isData(element)
        case "tr" where isInDataTable:
            line.endLine()
            isFirstCell = true
        case "td", "th":
            if !isInDataTable { return block(element) }
            if !isFirstCell { line.appendMark(" | ") }
            isFirstCell = false
        default: if Self.blocks.contains(name) { return block(element) }
        }
        return true
    }

    private mutating func block(_ element: MarkupElement) -> Bool {
        endBlock()
        effects.append((element.index, .block))
        return true
    }

    private mutating func leave(_ index: Int) {
        while let last = effects.last, last.index == index {
            effects.removeLast()
            if !Self.inLine.contains(last.effect) { endBlock(of: last.effect) }
            switch last.effect {
            case .block: break
            case .heading: headingLevel = nil
            case .quote, .item: writer.close()
            case .list: _ = lists.popLast()
            case .code: isCode = nil
            case .link: line.closeLink()
            case .ruby: line.append(")")
            case .noteMark: line.append("]")
            case .quotation: line.append("\u{201D}")
            case .table: isInDataTable = false
            }
        }
    }

    private static let inLine: Set<Effect> = [.link, .ruby, .quotation, .noteMark]

    /// The mark of a note in a book, which would run into the word before it; one in brackets has them already.
    private static func isNoteMark(_ element: MarkupElement) -> Bool {
        let kind =
            element.attribute("epub:type") ?? element.attribute("type", in: "http://www.idpf.org/2007/ops")
        guard
            kind?.split(separator: " ").contains("noteref") == true
                || element.attribute("role") == "doc-noteref"
        else { return false }
        let mark = element.text.utf8.prefix(65)
        return mark.count <= 64 && !mark.isEmpty
            && mark.allSatisfy { ASCII.isAlphanumeric($0) || "*\u{2020}".utf8.contains($0) }
    }

    // MARK: Blocks

    /// Within a heading, a row or code a block begins no paragraph.
    private mutating func endBlock(of effect: Effect = .block) {
        let isWithin = effect == .block || effect == .quote || effect == .list || effect == .item
        if isWithin, headingLevel != nil || isInDataTable { return line.space() }
        if isWithin, isCode != nil { return line.endLine() }
        let bytes = line.take()
        if let isCode {
            writer.write(CodeLines.lines(bytes, isCode: isCode))
            return
        }
        var lines = bytes.split(separator: 0x0A).map(Self.trimmed).filter { !$0.isEmpty }
        guard !lines.isEmpty else { return }
        if let headingLevel {
            let marks = [UInt8](repeating: UInt8(ascii: "#"), count: headingLevel)
            lines = [marks + [0x20] + Array(lines.joined(separator: [0x20]))]
        } else {
            lines = lines.map { MarkdownEscape.line($0[...]) }
        }
        writer.write(lines)
    }

    private mutating func open(_ element: MarkupElement, _ effect: Effect) {
        endBlock()
        effects.append((element.index, effect))
        if effect == .quote { writer.openQuote() }
    }

    private mutating func heading(_ name: String, _ element: MarkupElement) {
        guard headingLevel == nil, isCode == nil, !isInDataTable else { return }
        endBlock()
        effects.append((element.index, .heading))
        headingLevel = name.utf8.last.map { Int($0) - 0x30 }
    }

    private mutating func list(_ name: String, _ element: MarkupElement) {
        open(element, .list)
        let start = element.attribute("start").flatMap { Int($0) } ?? 1
        lists.append((name == "ol", min(max(start, 0), 1_000_000)))
    }

    private mutating func item(_ element: MarkupElement) {
        open(element, .item)
        guard let list = lists.last, list.isOrdered else { return writer.openItem("- ") }
        let number =
            element.attribute("value").flatMap { Int($0) }.map { min(max($0, 0), 1_000_000) } ?? list.number
        writer.openItem("\(number). ")
        lists[lists.count - 1].number = number + 1
    }

    private mutating func code(_ element: MarkupElement) {
        guard isCode == nil, headingLevel == nil, !isInDataTable else { return }
        endBlock()
        effects.append((element.index, .code))
        isCode = CodeLines.isCode(element)
    }

    // MARK: Lines

    private mutating func text(_ element: MarkupElement) {
        guard line.bytes.count <= ReadingText.maximumBytes else { return }
        let node = element.tree.nodes[element.index]
        let bytes = element.tree.bytes[Int(node.start)..<Int(node.start + node.count)]
        if isCode == nil { line.append(bytes) } else { line.appendPreformatted(bytes) }
    }

    private mutating func lineBreak() {
        if headingLevel != nil || isInDataTable { return line.space() }
        // Two of them are how old pages write paragraphs.
        if isCode == nil, line.bytes.last == 0x0A { return endBlock() }
        line.breakLine()
    }

    private mutating func link(_ element: MarkupElement) {
        guard isCode == nil, !writer.isNearlyFull, line.bytes.count < ReadingText.maximumBytes / 2,
            let reference = element.attribute("href"),
            !reference.hasPrefix("#"), let target = URLReference.resolve(reference, base: base)
        else { return }
        line.openLink(target)
        effects.append((element.index, .link))
    }

    /// A picture's text, unless that is the name of its file.
    private mutating func picture(_ element: MarkupElement) {
        guard isCode == nil, let words = element.attribute("alt"), words.utf8.count > 1,
            words.utf8.count <= 2_048
        else { return }
        let isFileName =
            !words.utf8.contains(0x20)
            && [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif"].contains { words.hasSuffix($0) }
        if !isFileName { line.append(words) }
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> [UInt8] {
        guard let start = line.firstIndex(where: { $0 != 0x20 }),
            let last = line.lastIndex(where: { $0 != 0x20 })
        else { return [] }
        return Array(line[start...last])
    }

    static let blocks: Set<String> = [
        "address", "article", "aside", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
        "fieldset",
        "figcaption", "figure", "footer", "form", "header", "hgroup", "html", "legend", "main", "nav", "p",
        "section",
        "summary", "tbody", "tfoot", "thead", "tr", "en-note", "title", "subtitle", "search",
    ]
}
