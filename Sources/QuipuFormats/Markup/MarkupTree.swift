/// A document or a part of one: elements and texts in one array, so that neither building nor walking nor freeing it
/// recurses, however deep it is.
///
/// `MarkupTree.xml` and `.html` read a document; ``MarkupElement`` is the view of it.
final class MarkupTree {
    /// An element or a text. Links are places in `nodes`; -1 is none.
    struct Node {
        var parent: Int32 = -1
        var firstChild: Int32 = -1
        var lastChild: Int32 = -1
        var previous: Int32 = -1
        var next: Int32 = -1
        /// Of an element its name among `names`; -1 for a text.
        var name: Int32 = -1
        /// Of a text its place in `bytes`, of an element its attributes' in `attributes`.
        var start: Int32 = 0
        var count: Int32 = 0
    }

    struct Attribute {
        let name: Int32
        let start: Int32
        let count: Int32
    }

    /// A name as it stands once among `names`.
    struct Name: Hashable {
        let local: String
        let prefix: String?
        let namespace: String?
    }

    var nodes: [Node]
    var bytes: [UInt8] = []
    var attributes: [Attribute] = []
    private(set) var names: [Name]
    private var numbers: [Name: Int32]
    /// What stands in comments, as far as it is kept: of HTML only.
    var comments: [String] = []
    /// Why a page seems cut; of HTML only.
    var cut: String?

    /// With a root that has no name and holds the document.
    init() {
        let root = Name(local: "", prefix: nil, namespace: nil)
        nodes = [Node(name: 0)]
        names = [root]
        numbers = [root: 0]
    }

    private init(_ other: MarkupTree) {
        (nodes, bytes, attributes) = (other.nodes, other.bytes, other.attributes)
        (names, numbers, comments) = (other.names, other.numbers, other.comments)
    }

    /// The same once more, to be changed by itself.
    func copy() -> MarkupTree { MarkupTree(self) }

    /// What holds the outermost elements; it has no name.
    var document: MarkupElement { MarkupElement(tree: self, index: 0) }

    /// The outermost element; nil where there is none.
    var root: MarkupElement? { document.children.first }

    func number(of name: Name) -> Int32 {
        if let number = numbers[name] { return number }
        let number = Int32(names.count)
        names.append(name)
        numbers[name] = number
        return number
    }

    func text(_ start: Int32, _ count: Int32) -> String {
        String(decoding: bytes[Int(start)..<Int(start + count)], as: UTF8.self)
    }
}

extension MarkupTree {
    /// Reads XML, as far as it goes: what is not well-formed is mended.
    ///
    /// - Parameter bytes: in any encoding that their beginning declares; bytes that are wrong become U+FFFD.
    /// - Throws: `MarkupFailure` past ``MarkupLimits``, or where libxml2 is missing.
    static func xml(_ bytes: [UInt8]) throws(MarkupFailure) -> MarkupTree {
        let decoded = TextEncoding.decode(bytes, as: .xml, encoding: nil)
        let builder = MarkupBuilder(isWrapped: true)
        let parser = try SAXParser(.xml, builder)
        var mender = XMLMender()
        let mended = mender.mend(decoded.utf8[...]) + mender.finish()
        mended.withUnsafeBufferPointer { parser.parse($0) }
        parser.finish()
        return try builder.finish()
    }

    /// Reads HTML as browsers do, as near as libxml2 comes to that; scripts are left out but for JSON-LD.
    ///
    /// - Parameter encoding: what was said of the bytes elsewhere, as by HTTP; else a byte order mark, then what the page
    ///   declares, then what the bytes look like decides.
    /// - Parameter isXHTML: whether it was said elsewhere that it has XML's syntax.
    /// - Throws: `MarkupFailure` past ``MarkupLimits``, or where libxml2 is missing.
    static func html(
        _ bytes: [UInt8], encoding: String? = nil, isXHTML: Bool = false
    ) throws(MarkupFailure) -> MarkupTree {
        try html(utf8: TextEncoding.decode(bytes, as: .html, encoding: encoding).utf8, isXHTML: isXHTML)
    }

    /// Reads HTML in UTF-8.
    static func html(utf8 bytes: [UInt8], isXHTML: Bool = false) throws(MarkupFailure) -> MarkupTree {
        var mender = HTMLMender(bytes, isXHTML: isXHTML)
        mender.mend()
        let builder = MarkupBuilder()
        let parser = try SAXParser(.html, builder)
        // An empty document has no element at all.
        if !mender.out.isEmpty {
            mender.out.withUnsafeBufferPointer { parser.parse($0) }
            parser.finish()
        }
        let tree = try builder.finish()
        tree.comments = mender.comments
        tree.cut = mender.end.words
        return tree
    }
}
