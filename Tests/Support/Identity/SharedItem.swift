internal import QuipuCanonicalJSON
internal import QuipuCausality
public import QuipuStorage

/// An item of a generated file, of few values, so that items share any subset of their keys.
public struct SharedItem: Sendable, Hashable, CustomStringConvertible {
    /// Whose ids these are, and which one.
    public var scope: Int?
    public var number = 0
    public var doi: Int?
    public var url: Int?
    /// From 2 on too short to be a key.
    public var text: Int?
    public var title: Int?
    public var isTitleDerived = false
    public var date: Int?
    public var tag: Int?

    public init() {}

    /// Canonical JSON by field.
    public var fields: [(name: String, json: [UInt8])] {
        var fields: [(name: String, json: [UInt8])] = []
        if let text { fields.append(("body", canonicalString(Self.body(text)))) }
        if let date { fields.append(("date", canonicalString("2026-0\(date + 1)"))) }
        if isTitleDerived, title != nil { fields.append(("derived/title", Array("true".utf8))) }
        if let doi { fields.append(("doi", canonicalString("10.1000/\(doi)"))) }
        if let tag { fields.append(("tags/t\(tag)", Array("true".utf8))) }
        if let title { fields.append(("title", canonicalString("Title \(title)"))) }
        if let url { fields.append(("url", canonicalString("https://example.org/\(url)"))) }
        return fields
    }

    private static func body(_ number: Int) -> String {
        number < 2
            ? String(repeating: "The river rose for the \(number) time that year. ", count: 6)
            : "Notice \(number)."
    }

    public var source: ItemSource? {
        scope.map { ItemSource(scope: "feed:\($0)", id: String(number)) }
    }

    public var importItem: ImportItem { ImportItem(kind: "article", fields: fields, source: source) }

    public var description: String {
        func part(_ name: String, _ value: Int?) -> String? { value.map { "\(name)\($0)" } }
        let parts = [
            scope.map { "feed\($0)/\(number)" }, part("doi", doi), part("url", url), part("text", text),
            part(isTitleDerived ? "derived" : "title", title), part("date", date), part("tag", tag),
        ]
        return "[" + parts.compactMap(\.self).joined(separator: " ") + "]"
    }

    public static func random(scope: Int?, number: Int, using random: inout some RandomNumberGenerator)
        -> SharedItem
    {
        func draw(_ permille: Int, _ count: Int) -> Int? {
            Int.random(in: 0..<1_000, using: &random) < permille
                ? Int.random(in: 0..<count, using: &random) : nil
        }
        while true {
            var item = SharedItem()
            item.scope = scope
            item.number = number
            item.doi = draw(400, 2)
            item.url = draw(600, 3)
            item.text = draw(500, 3)
            item.title = draw(700, 2)
            item.isTitleDerived = item.title != nil && draw(250, 1) != nil
            item.date = draw(200, 2)
            item.tag = draw(200, 2)
            // What has nothing but a title that was made up from nothing does not exist.
            if !item.isTitleDerived || item.text != nil, !item.fields.isEmpty { return item }
        }
    }

    /// A file of one source, or of items without ids.
    public static func randomFile(using random: inout some RandomNumberGenerator) -> [SharedItem] {
        let scope = Int.random(in: 0..<3, using: &random)
        let numbers = [0, 1, 2].shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random))
        return numbers.map {
            SharedItem.random(scope: scope == 2 ? nil : scope, number: $0, using: &random)
        }
    }
}
