/// An element or a text of a ``MarkupTree``. No call recurses.
struct MarkupElement: Hashable {
    let tree: MarkupTree
    let index: Int

    static func == (one: MarkupElement, other: MarkupElement) -> Bool {
        one.index == other.index && one.tree === other.tree
    }

    func hash(into hasher: inout Hasher) { hasher.combine(index) }

    private var node: MarkupTree.Node { tree.nodes[index] }

    var isText: Bool { node.name < 0 }

    /// Without its prefix; of HTML in small letters. Empty for a text and for the document.
    var name: String { isText ? "" : tree.names[Int(node.name)].local }

    /// What stood before the colon; nil where there was none.
    var prefix: String? { isText ? nil : tree.names[Int(node.name)].prefix }

    /// nil where there is none, or its prefix is declared nowhere.
    var namespace: String? { isText ? nil : tree.names[Int(node.name)].namespace }

    var hasAttributes: Bool { !isText && node.count > 0 }

    /// The value of the attribute with this local name, preferably one without a prefix.
    func attribute(_ name: String) -> String? {
        if isText { return nil }
        var found: MarkupTree.Attribute?
        for place in Int(node.start)..<Int(node.start + node.count) {
            let attribute = tree.attributes[place]
            guard tree.names[Int(attribute.name)].local == name else { continue }
            if tree.names[Int(attribute.name)].prefix == nil { return value(attribute) }
            if found == nil { found = attribute }
        }
        return found.map(value)
    }

    /// The values of all attributes, as they are written.
    var attributeValues: [String] {
        isText ? [] : (Int(node.start)..<Int(node.start + node.count)).map { value(tree.attributes[$0]) }
    }

    /// The value of the attribute with this name in this namespace.
    func attribute(_ name: String, in namespace: String) -> String? {
        if isText { return nil }
        for place in Int(node.start)..<Int(node.start + node.count) {
            let full = tree.names[Int(tree.attributes[place].name)]
            if full.local == name, full.namespace == namespace { return value(tree.attributes[place]) }
        }
        return nil
    }

    private func value(_ attribute: MarkupTree.Attribute) -> String {
        tree.text(attribute.start, attribute.count)
    }

    /// The element that it stands in; nil for the document.
    var parent: MarkupElement? { node.parent < 0 ? nil : MarkupElement(tree: tree, index: Int(node.parent)) }

    /// Elements and texts in it, not those inside of them.
    var contents: some Sequence<MarkupElement> {
        sequence(state: node.firstChild) { [tree] next -> MarkupElement? in
            guard next >= 0 else { return nil }
            defer { next = tree.nodes[Int(next)].next }
            return MarkupElement(tree: tree, index: Int(next))
        }
    }

    /// Elements in it, not those inside of them.
    var children: [MarkupElement] { contents.filter { !$0.isText } }

    /// The first child with this local name.
    func child(_ name: String) -> MarkupElement? { contents.first { $0.name == name } }

    /// The first element inside, at any depth, with this local name.
    func first(_ name: String) -> MarkupElement? { descendants.first { $0.name == name } }

    /// All elements inside, at any depth, with this local name, in the order of the document.
    func all(_ name: String) -> [MarkupElement] { descendants.filter { $0.name == name } }

    /// Elements and texts inside, at any depth, in the order of the document.
    var descendants: some Sequence<MarkupElement> {
        sequence(state: node.firstChild) { [tree, index] next -> MarkupElement? in
            guard next >= 0 else { return nil }
            let found = Int(next)
            next = tree.following(found, in: index)
            return MarkupElement(tree: tree, index: found)
        }
    }

    /// All text inside, as it stands.
    var text: String {
        if isText { return tree.text(node.start, node.count) }
        var bytes: [UInt8] = []
        for part in descendants where part.isText {
            bytes += tree.bytes[Int(part.node.start)..<Int(part.node.start + part.node.count)]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension MarkupTree {
    /// The node behind this one in the order of the document, inside of `top`; -1 at its end.
    func following(_ index: Int, in top: Int) -> Int32 {
        nodes[index].firstChild >= 0 ? nodes[index].firstChild : behind(index, in: top)
    }

    /// The same without what is inside of this one.
    func behind(_ index: Int, in top: Int) -> Int32 {
        var at = Int32(index)
        while at >= 0, Int(at) != top {
            if nodes[Int(at)].next >= 0 { return nodes[Int(at)].next }
            at = nodes[Int(at)].parent
        }
        return -1
    }
}
