/// Kinds of elements, as far as finding an article is concerned.
enum PageParts {
    /// Text, and what stands in a line with text.
    private static let phrasing: Set<String> = [
        "abbr", "audio", "b", "bdo", "br", "button", "cite", "code", "data", "datalist", "dfn", "em", "embed",
        "i",
        "img", "input", "kbd", "label", "mark", "math", "meter", "noscript", "object", "output", "progress",
        "q", "ruby",
        "samp", "script", "select", "small", "span", "strong", "sub", "sup", "textarea", "time", "var", "wbr",
    ]
    /// A `div` without any of these is a paragraph.
    static let blocks: Set<String> = ["blockquote", "dl", "div", "img", "ol", "p", "pre", "table", "ul"]
    static let headings: Set<String> = ["h1", "h2", "h3", "h4", "h5", "h6"]
    static let scored: Set<String> = ["section", "h2", "h3", "h4", "h5", "h6", "p", "td", "pre"]

    static func isPhrasing(_ top: Int, in tree: MarkupTree) -> Bool {
        var at = Int32(top)
        while at >= 0 {
            let index = Int(at)
            let name = tree.name(index)
            if !tree.isElement(index) || phrasing.contains(name) {
                at = index == top ? -1 : tree.behind(index, in: top)
            } else if name == "a" || name == "del" || name == "ins" {
                at = tree.following(index, in: top)
            } else {
                return false
            }
        }
        return true
    }

    static func isWhiteSpace(_ index: Int, in tree: MarkupTree) -> Bool {
        tree.isElement(index) ? tree.name(index) == "br" : PageText.isBlank(index, in: tree)
    }

    /// Whether nothing stands in it but one element of this name.
    static func holdsOnly(_ name: String, _ index: Int, in tree: MarkupTree) -> Bool {
        let contents = tree.contents(index)
        let elements = contents.filter(tree.isElement)
        return elements.count == 1 && tree.name(elements[0]) == name
            && contents.allSatisfy { tree.isElement($0) || PageText.isBlank($0, in: tree) }
    }

    /// Neither text nor pictures, at most breaks and rules.
    static func isEmpty(_ index: Int, in tree: MarkupTree) -> Bool {
        let children = tree.childElements(index).count
        if children > 0, children != tree.elements(in: index, named: ["br", "hr"]).count { return false }
        return PageText.isBlank(index, in: tree)
    }

    static func hasBlocks(_ index: Int, in tree: MarkupTree) -> Bool {
        var next = tree.nodes[index].firstChild
        while next >= 0 {
            if blocks.contains(tree.name(Int(next))) { return true }
            next = tree.following(Int(next), in: index)
        }
        return false
    }

    /// Whether one of its ancestors, up to some above its parent, is of this name.
    static func stands(
        in name: String, _ index: Int, in tree: MarkupTree, depth: Int = 3,
        where condition: (Int) -> Bool = { _ in true }
    ) -> Bool {
        var above = tree.parent(index)
        var passed = 0
        while let ancestor = above, passed <= depth {
            if tree.name(ancestor) == name, condition(ancestor) { return true }
            above = tree.parent(ancestor)
            passed += 1
        }
        return false
    }

    /// The next element in the order of the document; nil at its end.
    static func next(_ index: Int, in tree: MarkupTree, skippingInside: Bool = false) -> Int? {
        var next = skippingInside ? tree.behind(index, in: 0) : tree.following(index, in: 0)
        while next >= 0, !tree.isElement(Int(next)) { next = tree.following(Int(next), in: 0) }
        return next < 0 ? nil : Int(next)
    }
}
