/// Changes of a tree. What is taken out stays in its array, and nothing leads there.
extension MarkupTree {
    func isElement(_ index: Int) -> Bool { nodes[index].name >= 0 }

    func parent(_ index: Int) -> Int? { nodes[index].parent < 0 ? nil : Int(nodes[index].parent) }

    func name(_ index: Int) -> String {
        nodes[index].name < 0 ? "" : names[Int(nodes[index].name)].local
    }

    func element(_ index: Int) -> MarkupElement { MarkupElement(tree: self, index: index) }

    func rename(_ index: Int, _ name: String) {
        nodes[index].name = number(of: Name(local: name, prefix: nil, namespace: nil))
    }

    func makeElement(_ name: String) -> Int {
        nodes.append(Node(name: number(of: Name(local: name, prefix: nil, namespace: nil))))
        return nodes.count - 1
    }

    func detach(_ index: Int) {
        let node = nodes[index]
        if node.previous >= 0 { nodes[Int(node.previous)].next = node.next }
        if node.next >= 0 { nodes[Int(node.next)].previous = node.previous }
        if node.parent >= 0 {
            if nodes[Int(node.parent)].firstChild == Int32(index) {
                nodes[Int(node.parent)].firstChild = node.next
            }
            if nodes[Int(node.parent)].lastChild == Int32(index) {
                nodes[Int(node.parent)].lastChild = node.previous
            }
        }
        nodes[index].parent = -1
        nodes[index].previous = -1
        nodes[index].next = -1
    }

    /// Puts it behind the last child, from wherever it is.
    func append(_ index: Int, to parent: Int) {
        detach(index)
        let last = nodes[parent].lastChild
        nodes[index].parent = Int32(parent)
        nodes[index].previous = last
        if last >= 0 { nodes[Int(last)].next = Int32(index) } else { nodes[parent].firstChild = Int32(index) }
        nodes[parent].lastChild = Int32(index)
    }

    /// Puts it before another, from wherever it is.
    func insert(_ index: Int, before other: Int) {
        detach(index)
        let (parent, previous) = (nodes[other].parent, nodes[other].previous)
        nodes[index].parent = parent
        nodes[index].previous = previous
        nodes[index].next = Int32(other)
        nodes[other].previous = Int32(index)
        if previous >= 0 {
            nodes[Int(previous)].next = Int32(index)
        } else if parent >= 0 {
            nodes[Int(parent)].firstChild = Int32(index)
        }
    }

    /// Elements and texts in it.
    func contents(_ index: Int) -> [Int] {
        var found: [Int] = []
        var next = nodes[index].firstChild
        while next >= 0 {
            found.append(Int(next))
            next = nodes[Int(next)].next
        }
        return found
    }

    func childElements(_ index: Int) -> [Int] { contents(index).filter(isElement) }

    /// All elements of HTML inside with one of these names, in the order of the document.
    func elements(in top: Int, named wanted: Set<String>) -> [Int] {
        let numbers = Set(
            wanted.map { number(of: Name(local: $0, prefix: nil, namespace: nil)) })
        var found: [Int] = []
        var next = nodes[top].firstChild
        while next >= 0 {
            if numbers.contains(nodes[Int(next)].name) { found.append(Int(next)) }
            next = following(Int(next), in: top)
        }
        return found
    }

    func count(in top: Int, named name: String) -> Int { elements(in: top, named: [name]).count }
}
