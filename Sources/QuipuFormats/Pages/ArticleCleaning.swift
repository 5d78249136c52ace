/// Leaves out of an article what is no text of it: forms, buttons to share with, boxes of links, advertisements.
struct ArticleCleaning {
    private let tree: MarkupTree
    private let strictness: ArticleSearch.Strictness

    /// A part longer than this is no row of buttons.
    private static let shortText = 500
    private static let videos = [
        "dailymotion.com", "youtube.com", "youtube-nocookie.com", "player.vimeo.com", "v.qq.com",
        "bilibili.com",
        "archive.org",
        "upload.wikimedia.org", "player.twitch.tv",
    ]
    private static let ofText: Set<String> = PageParts.blocks.union(["span", "li", "td"])

    init(_ tree: MarkupTree, _ strictness: ArticleSearch.Strictness) {
        self.tree = tree
        self.strictness = strictness
    }

    func clean(_ article: Int) {
        let dataTables = Set(tree.elements(in: article, named: ["table"]).filter(isDataTable))
        cleanConditionally(article, "form", dataTables)
        cleanConditionally(article, "fieldset", dataTables)
        remove(article, ["object", "embed", "footer", "link", "aside"])
        for part in tree.childElements(article) { removeSharing(part) }
        remove(article, ["iframe", "input", "textarea", "select", "button"])
        for heading in tree.elements(in: article, named: ["h1", "h2"]).reversed() where weight(heading) < 0 {
            tree.detach(heading)
        }
        for name in ["table", "ul", "div"] { cleanConditionally(article, name, dataTables) }
        for heading in tree.elements(in: article, named: ["h1"]) { tree.rename(heading, "h2") }
    }

    private func weight(_ index: Int) -> Double {
        strictness.weighsNames ? ClassWords.weight(tree.element(index)) : 0
    }

    private func remove(_ article: Int, _ names: Set<String>) {
        for index in tree.elements(in: article, named: names) where !isVideo(index) { tree.detach(index) }
    }

    private func isVideo(_ index: Int) -> Bool {
        guard ["object", "embed", "iframe"].contains(tree.name(index)) else { return false }
        return tree.element(index).attributeValues.contains { value in
            Self.videos.contains { value.contains($0) }
        }
    }

    private func removeSharing(_ part: Int) {
        var next = tree.nodes[part].firstChild
        while next >= 0 {
            let index = Int(next)
            if tree.isElement(index), ClassWords.areOfSharing(ClassWords.names(of: tree.element(index))),
                PageText.of(index, in: tree).length < Self.shortText
            {
                next = tree.behind(index, in: part)
                tree.detach(index)
            } else {
                next = tree.following(index, in: part)
            }
        }
    }

    /// A table of data rather than of a page's layout.
    private func isDataTable(_ index: Int) -> Bool {
        let table = tree.element(index)
        if table.attribute("role") == "presentation" || table.attribute("datatable") == "0" { return false }
        if table.attribute("summary")?.isEmpty == false { return true }
        if let caption = tree.elements(in: index, named: ["caption"]).first,
            !tree.contents(caption).isEmpty
        {
            return true
        }
        if !tree.elements(in: index, named: ["col", "colgroup", "tfoot", "thead", "th"]).isEmpty {
            return true
        }
        if !tree.elements(in: index, named: ["table"]).isEmpty { return false }
        let rows = tree.elements(in: index, named: ["tr"])
        let height = rows.reduce(0) { $0 + span($1, "rowspan") }
        let width =
            rows.map { row in
                tree.elements(in: row, named: ["td"]).reduce(0) { $0 + span($1, "colspan") }
            }.max() ?? 0
        if height == 1 || width == 1 { return false }
        return height >= 10 || width > 4 || height * width > 10
    }

    private func span(_ index: Int, _ attribute: String) -> Int {
        let number = tree.element(index).attribute(attribute).flatMap { Int($0) } ?? 1
        return min(max(number, 1), 1_000)
    }

    /// From the inside out, so that a part is judged by what is left of it.
    private func cleanConditionally(_ article: Int, _ name: String, _ dataTables: Set<Int>) {
        guard strictness.cleansParts else { return }
        for index in tree.elements(in: article, named: [name]).reversed()
        where isToGo(index, name, dataTables) {
            tree.detach(index)
        }
    }

    private func isToGo(_ index: Int, _ name: String, _ dataTables: Set<Int>) -> Bool {
        if name == "table", dataTables.contains(index) { return false }
        let isInData = PageParts.stands(
            in: "table", index, in: tree, depth: .max - 1, where: { dataTables.contains($0) })
        if isInData || PageParts.stands(in: "code", index, in: tree) { return false }
        if tree.elements(in: index, named: ["table"]).contains(where: dataTables.contains) { return false }
        let weight = weight(index)
        if weight < 0 { return true }
        let text = PageText.of(index, in: tree)
        if text.commas >= 10 { return false }
        return isOminous(index, name, text, weight)
    }

    private func isOminous(_ index: Int, _ name: String, _ text: PageText, _ weight: Double) -> Bool {
        let embedded = tree.elements(in: index, named: ["object", "embed", "iframe"])
        if embedded.contains(where: isVideo) { return false }
        let isList =
            name == "ul" || name == "ol"
            || PageText.density(of: ["ul", "ol"], index, in: tree) > 0.9
        if text.length < 24, AdWords.contains(tree.element(index).text) { return true }
        let paragraphs = tree.count(in: index, named: "p")
        let images = tree.count(in: index, named: "img")
        let items = tree.count(in: index, named: "li") - 100
        let inputs = tree.count(in: index, named: "input")
        let linkDensity = PageText.linkDensity(index, in: tree)
        let isInFigure = PageParts.stands(in: "figure", index, in: tree)

        var isBad = !isInFigure && images > 1 && Double(paragraphs) / Double(images) < 0.5
        isBad = isBad || !isList && items > paragraphs
        isBad = isBad || inputs > paragraphs / 3
        isBad =
            isBad
            || !isList && !isInFigure && text.length < 25 && (images == 0 || images > 2) && linkDensity > 0
                && PageText.density(of: PageParts.headings, index, in: tree) < 0.9
        isBad = isBad || !isList && weight < 25 && linkDensity > 0.2
        isBad = isBad || weight >= 25 && linkDensity > 0.5
        isBad = isBad || embedded.count == 1 && text.length < 75 || embedded.count > 1
        isBad = isBad || images == 0 && PageText.density(of: Self.ofText, index, in: tree) == 0
        guard isBad, isList else { return isBad }
        // A list of pictures stays.
        if tree.childElements(index).contains(where: { tree.childElements($0).count > 1 }) { return true }
        return images != items + 100
    }
}

/// What a box says that has nothing to say: "Advertisement", "Loading…".
enum AdWords {
    private static let words: Set<String> = [
        "ad", "advertising", "advertisement", "pub", "publicité", "werb", "werbung", "anuncio", "publicidad",
        "реклама", "广告", "広告", "loading", "正在加载", "загрузка", "chargement", "cargando",
    ]

    static func contains(_ text: String) -> Bool {
        var word = PageText.line(text).lowercased()
        while word.hasSuffix("…") || word.hasSuffix(".") { word.removeLast() }
        return words.contains(word)
    }
}
