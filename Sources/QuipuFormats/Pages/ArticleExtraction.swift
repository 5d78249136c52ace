/// What of a page is its article.
///
/// An improved extraction has a higher ``version``, which each article keeps: the same page read again is then a changed
/// source.
struct ArticleExtraction {
    static let version = 1

    /// Shorter ones are looked for again, less strictly.
    private static let shortestArticle = 500
    /// Of a page whose elements are nested deeper, all text is taken: looking at each part would take too long.
    private static let maximumDepth = 500

    let elements: [MarkupElement]
    /// Where metadata know none: what the page's text says.
    let byline: String?

    /// - Parameters:
    ///   - title: of the article: a heading that says it again is left out.
    ///   - knowsByline: whether metadata name authors.
    init(_ page: MarkupTree, title: String, knowsByline: Bool) {
        guard Self.depth(page) <= Self.maximumDepth else {
            elements = [page.document.first("body") ?? page.document]
            byline = nil
            return
        }
        let prepared = page.copy()
        PagePreparation.prepare(prepared)
        let words = PageText.words(title)
        var byline: String?
        var longest: (length: Int, article: MarkupElement)?
        for strictness in Self.attempts {
            let tree = prepared.copy()
            var search = ArticleSearch(
                tree, strictness, titleWords: words, looksForByline: !knowsByline && byline == nil)
            let article = search.article()
            byline = byline ?? search.byline
            guard let article else { break }
            let length = PageText.of(article, in: tree).length
            if length > (longest?.length ?? 0) { longest = (length, tree.element(article)) }
            if length >= Self.shortestArticle {
                longest = (length, tree.element(article))
                break
            }
        }
        self.byline = byline
        elements = Self.chosen(longest, prepared)
    }

    private static let attempts: [ArticleSearch.Strictness] = [
        .init(), .init(leavesOutUnlikely: false), .init(leavesOutUnlikely: false, weighsNames: false),
        .init(leavesOutUnlikely: false, weighsNames: false, cleansParts: false),
    ]

    /// The article, or the whole page where that is no article.
    private static func chosen(
        _ longest: (length: Int, article: MarkupElement)?, _ page: MarkupTree
    ) -> [MarkupElement] {
        guard let body = page.document.first("body") else { return [page.document] }
        guard let longest else { return [body] }
        let whole = PageText.of(body.index, in: page).length
        return isProbablyArticle(longest.length, of: whole) ? [longest.article] : [body]
    }

    /// Whether what was found is more than a scrap of the page.
    static func isProbablyArticle(_ length: Int, of whole: Int) -> Bool {
        length >= 140 || length * 3 >= whole
    }

    private static func depth(_ page: MarkupTree) -> Int {
        var (depth, deepest) = (0, 0)
        var depths: [Int32] = [0]
        depths.reserveCapacity(page.nodes.count)
        // Parents stand before what is in them.
        for node in page.nodes.dropFirst() {
            depth = node.parent < 0 ? 0 : Int(depths[Int(node.parent)]) + 1
            depths.append(Int32(depth))
            deepest = max(deepest, depth)
        }
        return deepest
    }
}
