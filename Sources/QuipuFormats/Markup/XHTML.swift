/// Pages that have the syntax of XML.
enum XHTML {
    private static let lookBytes = 4_096
    private static let namespace = "http://www.w3.org/1999/xhtml"

    /// Whether a page says of itself that it is XHTML: it begins with an XML declaration, or its outermost element is in XHTML's
    /// namespace.
    static func isDeclared(_ bytes: ArraySlice<UInt8>) -> Bool {
        let start = bytes.prefix(lookBytes).drop(while: TagReader.isSpace)
        guard start.first == UInt8(ascii: "<") else { return false }
        if start.starts(with: "<?xml".utf8) { return true }
        guard let root = TagReader.find("<html", start), let tag = TagReader(start[(root + 1)...]) else {
            return false
        }
        return tag.attributes.contains {
            $0.name.elementsEqual("xmlns".utf8) && $0.value.elementsEqual(namespace.utf8)
        }
    }
}
