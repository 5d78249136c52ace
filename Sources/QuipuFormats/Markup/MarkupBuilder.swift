/// Builds a ``MarkupTree`` of a parser's events, within ``MarkupLimits``.
final class MarkupBuilder: SAXReceiver {
    let tree = MarkupTree()
    private var open: Int32 = 0
    private var depth = 0
    private var failure: MarkupFailure?
    /// Whether the next element is the one that ``XMLMender`` puts around everything.
    private var isBeforeWrapper: Bool

    init(isWrapped: Bool = false) { isBeforeWrapper = isWrapped }

    var isFull: Bool { failure != nil }

    /// What was built; elements that are still open end here.
    func finish() throws(MarkupFailure) -> MarkupTree {
        if let failure { throw failure }
        return tree
    }

    func start(_ name: SAXName, _ attributes: SAXAttributes) {
        if isBeforeWrapper {
            isBeforeWrapper = false
            return
        }
        guard hasRoomForNode() else { return }
        guard depth < MarkupLimits.maximumDepth else {
            failure = MarkupFailure("its elements are nested deeper than \(MarkupLimits.maximumDepth) levels")
            return
        }
        let first = Int32(tree.attributes.count)
        switch attributes {
        case .html(let pairs): add(pairs)
        case .xml(let fives, let count): add(fives, count)
        }
        open = append(
            MarkupTree.Node(
                name: number(of: name), start: first, count: Int32(tree.attributes.count) - first))
        depth += 1
    }

    func end() {
        guard depth > 0, !isFull else { return }
        open = tree.nodes[Int(open)].parent
        depth -= 1
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard hasRoomForBytes(bytes.count) else { return }
        let start = Int32(tree.bytes.count)
        tree.bytes.append(contentsOf: bytes)
        let last = Int(tree.nodes[Int(open)].lastChild)
        if last >= 0, tree.nodes[last].name < 0, tree.nodes[last].start + tree.nodes[last].count == start {
            tree.nodes[last].count += Int32(bytes.count)
        } else if hasRoomForNode() {
            _ = append(MarkupTree.Node(start: start, count: Int32(bytes.count)))
        }
    }

    private func append(_ node: MarkupTree.Node) -> Int32 {
        let index = Int32(tree.nodes.count)
        var node = node
        node.parent = open
        node.previous = tree.nodes[Int(open)].lastChild
        tree.nodes.append(node)
        if node.previous >= 0 {
            tree.nodes[Int(node.previous)].next = index
        } else {
            tree.nodes[Int(open)].firstChild = index
        }
        tree.nodes[Int(open)].lastChild = index
        return index
    }

    private func number(of name: SAXName) -> Int32 {
        tree.number(
            of: MarkupTree.Name(
                local: Self.string(name.local), prefix: name.prefix.map(Self.string),
                namespace: name.namespace.map(Self.string)))
    }

    private func add(_ pairs: UnsafeMutablePointer<UnsafePointer<UInt8>?>?) {
        guard let pairs else { return }
        var place = 0
        while let name = pairs[place] {
            let value = pairs[place + 1]
            var count = 0
            if let value { while value[count] != 0 { count += 1 } }
            add(MarkupTree.Name(local: Self.string(name), prefix: nil, namespace: nil), value, count)
            place += 2
        }
    }

    private func add(_ fives: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ count: Int) {
        guard let fives else { return }
        for place in stride(from: 0, to: count * 5, by: 5) {
            guard let local = fives[place], let start = fives[place + 3], let end = fives[place + 4] else {
                continue
            }
            let name = MarkupTree.Name(
                local: Self.string(local), prefix: fives[place + 1].map(Self.string),
                namespace: fives[place + 2].map(Self.string))
            add(name, start, end - start)
        }
    }

    private func add(_ name: MarkupTree.Name, _ value: UnsafePointer<UInt8>?, _ count: Int) {
        guard count <= MarkupLimits.maximumAttributeBytes, hasRoomForBytes(count) else { return }
        guard tree.attributes.count < MarkupLimits.maximumAttributes else {
            failure = MarkupFailure("it has more than \(MarkupLimits.maximumAttributes) attributes")
            return
        }
        let start = Int32(tree.bytes.count)
        if let value { tree.bytes.append(contentsOf: UnsafeBufferPointer(start: value, count: count)) }
        tree.attributes.append(
            MarkupTree.Attribute(name: tree.number(of: name), start: start, count: Int32(count)))
    }

    private func hasRoomForNode() -> Bool {
        if tree.nodes.count < MarkupLimits.maximumNodes { return failure == nil }
        failure = MarkupFailure("it has more than \(MarkupLimits.maximumNodes) elements and texts")
        return false
    }

    private func hasRoomForBytes(_ count: Int) -> Bool {
        if tree.bytes.count + count <= MarkupLimits.maximumTextBytes { return failure == nil }
        failure = MarkupFailure("its text is longer than \(MarkupLimits.maximumTextBytes) bytes")
        return false
    }

    /// Names are short, or cut.
    static func string(_ bytes: UnsafePointer<UInt8>) -> String {
        var count = 0
        while bytes[count] != 0 { count += 1 }
        return String(
            decoding: UnsafeBufferPointer(
                start: bytes, count: min(count, MarkupLimits.maximumNameBytes)), as: UTF8.self)
    }
}
