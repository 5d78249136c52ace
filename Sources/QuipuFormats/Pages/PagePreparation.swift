/// What is done to a page once, before its article is looked for.
enum PagePreparation {
    static let ofNoText: Set<String> = ["script", "noscript", "style", "template"]

    static func prepare(_ tree: MarkupTree) {
        for index in tree.elements(in: 0, named: ofNoText) { tree.detach(index) }
        for index in tree.elements(in: 0, named: ["img"]) where !hasSource(tree.element(index)) {
            tree.detach(index)
        }
        for index in tree.elements(in: 0, named: ["br"]) { makeParagraph(at: index, tree) }
        for index in tree.elements(in: 0, named: ["font"]) { tree.rename(index, "span") }
    }

    /// Pictures that scripts fill in later count as such only where they say what with.
    private static func hasSource(_ image: MarkupElement) -> Bool {
        ["src", "srcset", "data-src", "data-srcset"].contains { image.attribute($0) != nil }
            || image.attributeValues.contains { value in
                [".jpg", ".jpeg", ".png", ".webp"].contains { value.lowercased().contains($0) }
            }
    }

    /// Two breaks and more are how old pages part paragraphs: what follows, up to the next two, becomes one.
    private static func makeParagraph(at first: Int, _ tree: MarkupTree) {
        guard let parent = tree.parent(first) else { return }
        var isReplaced = false
        while let next = nextBreak(behind: first, tree) {
            isReplaced = true
            while let between = Optional(Int(tree.nodes[first].next)), between != next {
                tree.detach(between)
            }
            tree.detach(next)
        }
        guard isReplaced else { return }
        let paragraph = tree.makeElement("p")
        tree.insert(paragraph, before: first)
        tree.detach(first)
        while tree.nodes[paragraph].next >= 0 {
            let next = Int(tree.nodes[paragraph].next)
            if tree.name(next) == "br", nextBreak(behind: next, tree) != nil { break }
            if !PageParts.isPhrasing(next, in: tree) { break }
            tree.append(next, to: paragraph)
        }
        while tree.nodes[paragraph].lastChild >= 0,
            PageParts.isWhiteSpace(Int(tree.nodes[paragraph].lastChild), in: tree)
        {
            tree.detach(Int(tree.nodes[paragraph].lastChild))
        }
        if tree.name(parent) == "p" { tree.rename(parent, "div") }
    }

    /// The break that follows with nothing but white space between.
    private static func nextBreak(behind index: Int, _ tree: MarkupTree) -> Int? {
        var next = tree.nodes[index].next
        while next >= 0, !tree.isElement(Int(next)), PageText.isBlank(Int(next), in: tree) {
            next = tree.nodes[Int(next)].next
        }
        return next >= 0 && tree.name(Int(next)) == "br" ? Int(next) : nil
    }
}
