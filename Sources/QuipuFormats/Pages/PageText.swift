internal import QuipuNaturalKeys

/// Lengths of what a part of a page says, in code points, white space collapsed.
struct PageText {
    private(set) var length = 0
    private(set) var commas = 0
    private var hasSpaceBefore = false
    private var last: (UInt8, UInt8) = (0, 0)

    static func of(_ index: Int, in tree: MarkupTree) -> PageText {
        var text = PageText()
        if !tree.isElement(index) {
            text.add(tree.nodes[index], tree)
            return text
        }
        var next = tree.nodes[index].firstChild
        while next >= 0 {
            let node = tree.nodes[Int(next)]
            if node.name < 0 { text.add(node, tree) }
            next = tree.following(Int(next), in: index)
        }
        return text
    }

    private mutating func add(_ node: MarkupTree.Node, _ tree: MarkupTree) {
        let range = Int(node.start)..<Int(node.start + node.count)
        tree.bytes.withUnsafeBufferPointer { bytes in
            for byte in bytes[range] { add(byte) }
        }
    }

    private mutating func add(_ byte: UInt8) {
        defer { last = (last.1, byte) }
        if byte == 0x20 || (0x09...0x0D).contains(byte) {
            hasSpaceBefore = length > 0
            return
        }
        // The second byte of a no-break space.
        if byte == 0xA0, last.1 == 0xC2 {
            length -= 1
            hasSpaceBefore = length > 0
            return
        }
        if byte == UInt8(ascii: ",") || Self.isOtherComma(last, byte) { commas += 1 }
        // Bytes that go on with a code point.
        if byte & 0xC0 == 0x80 { return }
        if hasSpaceBefore {
            length += 1
            hasSpaceBefore = false
        }
        length += 1
    }

    /// The commas of Arabic, Chinese and Japanese.
    private static func isOtherComma(_ last: (UInt8, UInt8), _ byte: UInt8) -> Bool {
        last.1 == 0xD8 && byte == 0x8C || last == (0xEF, 0xBC) && byte == 0x8C
            || last == (0xE3, 0x80) && byte == 0x81
    }

    /// How much of a part's text stands in links; those within the page count less.
    static func linkDensity(_ index: Int, in tree: MarkupTree) -> Double {
        let length = of(index, in: tree).length
        guard length > 0 else { return 0 }
        var linked = 0.0
        for link in tree.elements(in: index, named: ["a"]) {
            let target = tree.element(link).attribute("href") ?? ""
            let isWithin = target.hasPrefix("#") && target.utf8.count > 1
            linked += Double(of(link, in: tree).length) * (isWithin ? 0.3 : 1)
        }
        return linked / Double(length)
    }

    /// How much of a part's text stands in elements of these names; those inside one another count twice.
    static func density(of names: Set<String>, _ index: Int, in tree: MarkupTree) -> Double {
        let length = of(index, in: tree).length
        guard length > 0 else { return 0 }
        let inside = tree.elements(in: index, named: names).reduce(0) { $0 + of($1, in: tree).length }
        return Double(inside) / Double(length)
    }

    static func isBlank(_ index: Int, in tree: MarkupTree) -> Bool { of(index, in: tree).length == 0 }

    /// Text in one line.
    static func line(_ text: String) -> String {
        text.unicodeScalars.split(whereSeparator: WhiteSpace.contains).map { String($0) }.joined(
            separator: " ")
    }

    /// Words of a text, small, as far as its alphabet shows them.
    static func words(_ text: String) -> [[UInt8]] {
        text.utf8.map(ASCII.lowercased).split {
            $0 < 0x80 && !ASCII.isAlphanumeric($0) && $0 != UInt8(ascii: "_")
        }.map { Array($0) }
    }

    /// How much of the second text's words the first has too, by their lengths: 1 for all.
    static func similarity(_ one: [[UInt8]], _ other: [[UInt8]]) -> Double {
        guard !one.isEmpty, !other.isEmpty else { return 0 }
        let known = Set(one)
        let alone = other.filter { !known.contains($0) }
        func length(_ words: [[UInt8]]) -> Int {
            words.reduce(0) { $0 + $1.count } + max(0, words.count - 1)
        }
        return 1 - Double(length(alone)) / Double(length(other))
    }
}
