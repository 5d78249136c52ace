/// Text as a person reads it, of HTML: paragraphs separated by blank lines; Markdown for headings, quotes, lists and links.
///
/// Links are absolute, or only their text; a table's rows are lines, its cells parted by ` | `; of a picture its alternative
/// text stands; code is fenced; a rule is `---`. White space collapses as in a browser, soft hyphens go. Scripts, styles,
/// forms' controls and what a page hides are left out. Text that looks like Markdown is escaped where it would be read as
/// such.
enum ReadingText {
    /// Of one text: beyond it links are left out, then what follows. No field holds more.
    static let maximumBytes = SourceLimits.maximumValueBytes

    /// - Parameters:
    ///   - html: a page or a part of one.
    ///   - base: the address that relative links start from.
    static func fromHTML(_ html: String, base: String?) -> String {
        // Most texts of feeds and notes are plain.
        do throws(MarkupFailure) {
            return of([try MarkupTree.html(utf8: Array(html.utf8)).document], base: base)
        } catch {
            return withoutTags(html)
        }
    }

    /// Of elements one after another, as those of an article.
    static func of(_ elements: [MarkupElement], base: String?) -> String {
        var walk = ReadingTextWalk(base: base)
        for element in elements { walk.read(element) }
        return walk.finish()
    }

    /// Of XHTML within XML, or of what is no HTML at all: `type="xhtml"` of Atom, a note's content.
    static func of(_ element: MarkupElement, base: String?) -> String { of([element], base: base) }

    /// Where the page cannot be read as markup.
    private static func withoutTags(_ html: String) -> String {
        var isInTag = false
        var text: [UInt8] = []
        for byte in html.utf8 {
            if byte == UInt8(ascii: "<") { isInTag = true }
            if !isInTag { text.append(byte) }
            if byte == UInt8(ascii: ">"), isInTag {
                isInTag = false
                text.append(0x20)
            }
        }
        return CharacterReference.decoded(String(decoding: text, as: UTF8.self))
    }
}
