/// One look for the article in a prepared page, as strict as `strictness` says. The tree is changed by it.
///
/// The method is that of Arc90's Readability and its descendants: paragraphs give points to what they stand in, by their
/// length and their commas; names of parts add to that or take from it; links take from it. The part with most points, and
/// those beside it that are like it, are the article; what in it looks like no text goes.
struct ArticleSearch {
    struct Strictness {
        var leavesOutUnlikely = true
        var weighsNames = true
        var cleansParts = true
    }

    let tree: MarkupTree
    let strictness: Strictness
    private let titleWords: [[UInt8]]
    /// Where none is known yet: that of the first part that names one, which is no text of the article then.
    private(set) var byline: String?
    private var looksForByline: Bool
    private var looksForTitle = true

    private static let unlikelyRoles: Set<String> = [
        "menu", "menubar", "complementary", "navigation", "alert", "alertdialog", "dialog",
    ]
    private static let dispensableIfEmpty: Set<String> = [
        "div", "section", "header", "h1", "h2", "h3", "h4", "h5", "h6",
    ]

    init(_ tree: MarkupTree, _ strictness: Strictness, titleWords: [[UInt8]], looksForByline: Bool) {
        self.tree = tree
        self.strictness = strictness
        self.titleWords = titleWords
        self.looksForByline = looksForByline
    }

    /// The element that holds the article, cleaned; nil for a page without a body.
    mutating func article() -> Int? {
        guard let body = tree.elements(in: 0, named: ["body"]).first else { return nil }
        let paragraphs = siftedParagraphs()
        var candidates = ArticleCandidates(tree, weighsNames: strictness.weighsNames)
        candidates.score(paragraphs)
        let article = candidates.article(in: body)
        ArticleCleaning(tree, strictness).clean(article)
        return article
    }

    /// Leaves out what is hidden or no part of an article, makes paragraphs of `div`s that are such, and gathers what is to be
    /// scored.
    private mutating func siftedParagraphs() -> [Int] {
        var paragraphs: [Int] = []
        var at = PageParts.next(0, in: tree)
        while let index = at {
            if isDispensable(index) {
                at = PageParts.next(index, in: tree, skippingInside: true)
                tree.detach(index)
                continue
            }
            let name = tree.name(index)
            if PageParts.scored.contains(name) { paragraphs.append(index) }
            var here = index
            if name == "div" {
                wrapText(in: index)
                if PageParts.holdsOnly("p", index, in: tree), PageText.linkDensity(index, in: tree) < 0.25,
                    let only = tree.childElements(index).first
                {
                    tree.insert(only, before: index)
                    tree.detach(index)
                    here = only
                    paragraphs.append(only)
                } else if !PageParts.hasBlocks(index, in: tree) {
                    tree.rename(index, "p")
                    paragraphs.append(index)
                }
            }
            at = PageParts.next(here, in: tree)
        }
        return paragraphs
    }

    private mutating func isDispensable(_ index: Int) -> Bool {
        let element = tree.element(index)
        let name = element.name
        if name == "html" || name == "body" { return false }
        if HiddenContent.isHidden(element) { return true }
        if element.attribute("aria-modal") == "true", element.attribute("role") == "dialog" { return true }
        let names = ClassWords.names(of: element)
        if looksForByline, let found = Byline.text(of: element, names) {
            byline = found
            looksForByline = false
            return true
        }
        if looksForTitle, name == "h1" || name == "h2",
            PageText.similarity(titleWords, PageText.words(element.text)) > 0.75
        {
            looksForTitle = false
            return true
        }
        if strictness.leavesOutUnlikely, isUnlikely(element, names) { return true }
        return Self.dispensableIfEmpty.contains(name) && PageParts.isEmpty(index, in: tree)
    }

    private func isUnlikely(_ element: MarkupElement, _ names: [UInt8]) -> Bool {
        if element.name != "a", ClassWords.areBesidesText(names),
            !PageParts.stands(in: "table", element.index, in: tree),
            !PageParts.stands(in: "code", element.index, in: tree)
        {
            return true
        }
        return element.attribute("role").map(Self.unlikelyRoles.contains) == true
    }

    /// Each run of text and what stands in a line with it becomes a paragraph.
    private func wrapText(in index: Int) {
        var run: [Int] = []
        for child in tree.contents(index) {
            if PageParts.isPhrasing(child, in: tree) {
                run.append(child)
            } else {
                wrap(run)
                run = []
            }
        }
        wrap(run)
    }

    private func wrap(_ run: [Int]) {
        var run = run[...]
        while let first = run.first, PageParts.isWhiteSpace(first, in: tree) {
            tree.detach(first)
            run.removeFirst()
        }
        while let last = run.last, PageParts.isWhiteSpace(last, in: tree) {
            tree.detach(last)
            run.removeLast()
        }
        guard let first = run.first else { return }
        let paragraph = tree.makeElement("p")
        tree.insert(paragraph, before: first)
        for part in run { tree.append(part, to: paragraph) }
    }
}
