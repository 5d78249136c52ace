internal import QuipuCanonicalJSON

/// What the selectors of an annotation say about its passage (W3C Web Annotation Data Model, 4.2). Hypothes.is writes the
/// same.
///
/// The quotation and the position are read; selectors that speak of another program's document (XPath, CSS, fragments,
/// pages, shapes) are kept, so that they are exported again.
struct Selectors {
    /// Selectors within one another, and beside one another, that are looked at.
    private static let mostSelectors = 256

    private(set) var passage: SourcePassage?
    /// Those that the passage does not say.
    private(set) var others: [JSONValue] = []
    private var position: JSONValue?
    private var seen = 0

    init(_ value: JSONValue?) {
        if let value { read(value) }
        guard let position else { return }
        // A position alone says nothing about another text.
        if passage == nil { others.append(position) } else { passage?.start = position["start"]?.integer }
    }

    private mutating func read(_ value: JSONValue) {
        var pending = [value]
        while let next = pending.popLast(), seen < Self.mostSelectors {
            seen += 1
            if let list = next.array {
                pending += list.reversed()
                continue
            }
            if next.isNull { continue }
            if !take(next) { others.append(next) }
            // What refines a selector is nearer to the passage.
            if let inner = next["refinedBy"] { pending.append(inner) }
        }
    }

    /// - Returns: whether all that the selector says was taken.
    private mutating func take(_ selector: JSONValue) -> Bool {
        switch Self.type(of: selector) {
        case "TextQuoteSelector":
            guard let exact = Self.text(selector["exact"]), !SourceValue.isBlank(exact) else { return false }
            // The last that refines is the nearest.
            passage = SourcePassage(
                exact: exact, prefix: Self.text(selector["prefix"]) ?? "",
                suffix: Self.text(selector["suffix"]) ?? "")
            return true
        case "TextPositionSelector":
            guard let start = selector["start"]?.integer, let end = selector["end"]?.integer, start >= 0,
                end >= start
            else { return false }
            position = selector
            return true
        default: return false
        }
    }

    /// Without a vocabulary's prefix: `oa:TextQuoteSelector`.
    static func type(of value: JSONValue) -> String? {
        let type = value["type"] ?? value["@type"]
        guard let text = type?.string ?? type?.array?.first?.string else { return nil }
        return text.hasPrefix("oa:") ? String(text.dropFirst(3)) : text
    }

    private static func text(_ value: JSONValue?) -> String? {
        guard let value else { return nil }
        return value.string ?? value["@value"]?.string
    }

    /// As one member to keep; nil where there is nothing.
    var kept: JSONMember? {
        others.isEmpty ? nil : JSONMember(name: "selector", value: .array(others))
    }
}
