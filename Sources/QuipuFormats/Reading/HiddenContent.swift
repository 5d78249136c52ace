internal import QuipuNaturalKeys

/// What a page holds and shows to nobody.
enum HiddenContent {
    /// Elements whose content is no text of the page.
    static let elements: Set<String> = [
        "script", "style", "noscript", "template", "head", "title", "meta", "link", "button", "select",
        "option",
        "input", "textarea", "datalist", "audio", "video", "canvas", "object", "iframe", "annotation",
        "annotation-xml", "rp", "map", "area", "dialog", "progress", "meter",
    ]

    /// Whether the element says of itself that it is not shown.
    static func isHidden(_ element: MarkupElement) -> Bool {
        guard element.hasAttributes else { return false }
        if element.attribute("hidden") != nil { return true }
        if let style = element.attribute("style"), hides(style) { return true }
        // What SingleFile found hidden by a style sheet.
        if element.attribute("class")?.split(separator: " ").contains("sf-hidden") == true { return true }
        // A fallback for a formula or picture is read aloud by nobody, but shown.
        return element.attribute("aria-hidden") == "true"
            && element.attribute("class")?.contains("fallback-image") != true
    }

    static func hides(_ style: String) -> Bool {
        let bytes = style.utf8.prefix(4_096).filter { $0 > 0x20 }.map(ASCII.lowercased)
        return TagReader.find("display:none", bytes[...]) != nil
            || TagReader.find("visibility:hidden", bytes[...]) != nil
    }
}
