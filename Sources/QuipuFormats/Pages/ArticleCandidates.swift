/// Parts of a page with the points that paragraphs in them give.
struct ArticleCandidates {
    private let tree: MarkupTree
    private let weighsNames: Bool
    private var points: [Int: Double] = [:]
    /// In the order in which they got their first.
    private var order: [Int] = []

    private static let shortestParagraph = 25
    private static let levels = 5
    private static let bestCount = 5
    private static let fewestAlike = 3
    private static let keptAsTheyAre: Set<String> = ["div", "article", "section", "p", "ol", "ul"]

    init(_ tree: MarkupTree, weighsNames: Bool) {
        self.tree = tree
        self.weighsNames = weighsNames
    }

    mutating func score(_ paragraphs: [Int]) {
        for paragraph in paragraphs {
            guard let parent = tree.parent(paragraph), parent != 0 else { continue }
            let text = PageText.of(paragraph, in: tree)
            guard text.length >= Self.shortestParagraph else { continue }
            let score = Double(2 + text.commas + min(text.length / 100, 3))
            var ancestor: Int? = parent
            for level in 0..<Self.levels {
                guard let index = ancestor, let above = tree.parent(index) else { break }
                // The document itself gets none, nor `html`.
                if above == 0 { break }
                if points[index] == nil {
                    points[index] = basis(index)
                    order.append(index)
                }
                points[index, default: 0] += score / (level == 0 ? 1 : level == 1 ? 2 : Double(level * 3))
                ancestor = above
            }
        }
        for index in order { points[index, default: 0] *= 1 - PageText.linkDensity(index, in: tree) }
    }

    /// What an element has by its kind and by its names.
    private func basis(_ index: Int) -> Double {
        let ofKind: Double =
            switch tree.name(index) {
            case "div": 5
            case "pre", "td", "blockquote": 3
            case "address", "ol", "ul", "dl", "dd", "dt", "li", "form": -3
            case "h1", "h2", "h3", "h4", "h5", "h6", "th": -5
            default: 0
            }
        return ofKind + (weighsNames ? ClassWords.weight(tree.element(index)) : 0)
    }

    /// A new element with the best part and what beside it is like it.
    mutating func article(in body: Int) -> Int {
        let article = tree.makeElement("div")
        let best = best()
        guard let first = best.first, first != body else {
            for child in tree.contents(body) { tree.append(child, to: article) }
            return article
        }
        var top = commonAncestor(of: best, body) ?? first
        top = risen(from: top, body)
        // An only child: what belongs to it stands beside its parent.
        while let parent = tree.parent(top), parent != body, parent != 0,
            tree.childElements(parent).count == 1
        {
            top = parent
        }
        if points[top] == nil { points[top] = basis(top) }
        join(top, to: article)
        return article
    }

    private func best() -> [Int] {
        var best: [(index: Int, points: Double)] = []
        for index in order {
            let points = points[index] ?? 0
            if let place = best.firstIndex(where: { points > $0.points }) {
                best.insert((index, points), at: place)
                if best.count > Self.bestCount { best.removeLast() }
            } else if best.count < Self.bestCount {
                best.append((index, points))
            }
        }
        return best.map(\.index)
    }

    /// Where several are nearly as good as the best: the nearest part that holds three of them.
    private func commonAncestor(of best: [Int], _ body: Int) -> Int? {
        guard let first = best.first, let highest = points[first] else { return nil }
        let ancestors = best.dropFirst().filter { (points[$0] ?? 0) / highest >= 0.75 }.map { index in
            var found: Set<Int> = []
            var above = tree.parent(index)
            while let ancestor = above {
                found.insert(ancestor)
                above = tree.parent(ancestor)
            }
            return found
        }
        guard ancestors.count >= Self.fewestAlike else { return nil }
        var above = tree.parent(first)
        while let ancestor = above, ancestor != body, ancestor != 0 {
            if ancestors.count(where: { $0.contains(ancestor) }) >= Self.fewestAlike { return ancestor }
            above = tree.parent(ancestor)
        }
        return nil
    }

    /// A part further out where points rise again: more of the text stands beside this one.
    private mutating func risen(from top: Int, _ body: Int) -> Int {
        if points[top] == nil { points[top] = basis(top) }
        var last = points[top] ?? 0
        let least = last / 3
        var above = tree.parent(top)
        while let ancestor = above, ancestor != body, ancestor != 0 {
            if let its = points[ancestor] {
                if its < least { break }
                if its > last { return ancestor }
                last = its
            }
            above = tree.parent(ancestor)
        }
        return top
    }

    private func join(_ top: Int, to article: Int) {
        guard let parent = tree.parent(top) else { return tree.append(top, to: article) }
        let topPoints = points[top] ?? 0
        let least = max(10, topPoints * 0.2)
        let topClass = tree.element(top).attribute("class") ?? ""
        for sibling in tree.childElements(parent) {
            if sibling != top {
                let isAlike = !topClass.isEmpty && tree.element(sibling).attribute("class") == topClass
                let bonus = isAlike ? topPoints * 0.2 : 0
                let isGood = points[sibling].map { $0 + bonus >= least } ?? false
                guard isGood || isParagraphOfText(sibling) else { continue }
            }
            if !Self.keptAsTheyAre.contains(tree.name(sibling)) { tree.rename(sibling, "div") }
            tree.append(sibling, to: article)
        }
    }

    private func isParagraphOfText(_ index: Int) -> Bool {
        guard tree.name(index) == "p" else { return false }
        let length = PageText.of(index, in: tree).length
        let density = PageText.linkDensity(index, in: tree)
        if length > 80 { return density < 0.25 }
        guard length > 0, length < 80, density == 0 else { return false }
        let text = PageText.line(tree.element(index).text)
        return text.hasSuffix(".") || text.contains(". ")
    }
}
