/// Whether an HTML page was cut: a copy that broke off, a disk that was full. HTML lets many end tags be left out, and
/// pages forget some, so that only these are signs of it: the page ends inside a tag, a comment or a script; or it ends neither
/// its `<html>` nor its `<body>`, though it ended its `<head>`, or leaves an element open whose end tag nobody may leave out.
struct PageEnd {
    /// Elements whose end tags may not be left out, and hold what a reader reads.
    private static let required: Set<String> = [
        "article", "aside", "blockquote", "details", "div", "dl", "figure", "footer", "form", "h1", "h2",
        "h3", "h4",
        "h5", "h6", "header", "main", "nav", "ol", "pre", "section", "table", "ul", "title",
    ]

    private var open: [String: Int] = [:]
    private var endsDocument = false
    private var hasDocument = false
    private var endsHead = false
    private var inside: String?

    mutating func open(_ name: String) {
        if name == "html" || name == "body" { hasDocument = true }
        if Self.required.contains(name) { open[name, default: 0] += 1 }
    }

    mutating func close(_ name: String) {
        if name == "html" || name == "body" { endsDocument = true }
        if name == "head" { endsHead = true }
        if let count = open[name] { open[name] = count > 1 ? count - 1 : nil }
    }

    mutating func breaksOff(inside place: String) { inside = inside ?? place }

    /// What to say of a page that seems cut; nil for others.
    var words: String? {
        if let inside, !endsDocument { return "it seems cut: it ends inside \(inside)" }
        guard hasDocument, !endsDocument else { return nil }
        if let name = open.keys.sorted().first { return "it seems cut: it ends before </\(name)>" }
        // The end tags of all three may be left out; who writes the first of them writes them all.
        return endsHead ? "it seems cut: it ends before </body> and </html>" : nil
    }
}
