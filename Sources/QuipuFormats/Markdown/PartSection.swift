internal import QuipuNaturalKeys

/// The section of a Markdown file that holds the annotations and notes of its article, behind the text:
///
///     <!-- quipu:1 annotations -->
///
///     ## Annotations
///
///     <!-- quipu:1 {"fields":{"position":{…},"quote":{…},"target":"…"},"id":"…","kind":"annotation"} -->
///     > the passage that it quotes
///
///     — Ana Ruiz, 2026-03-05 · #flood
///
///     <!-- quipu:1 remark -->
///     The remark, as it is: what somebody changes here, an import reads.
///
/// All of a record is in the comment, except for a remark that stands below it. The passage and the line with author, day and tags
/// repeat for readers what the comment has. A comment has `\u003e` for `>`, so that no value ends it.
///
/// The number is the least one that no text of the file has in such a comment. The front matter names it, so a text that contains a
/// section of this form is never taken for one.
struct PartSection {
    private static let comment = Array("<!-- quipu:".utf8)

    let number: Int

    init(number: Int) { self.number = number }

    /// - Parameter texts: what stands in the file as it is.
    init(avoiding texts: [String]) {
        var used: Set<Int> = []
        for text in texts {
            var rest = Array(text.utf8)[...]
            while let start = rest.firstIndex(of: Self.comment[0]) {
                rest = rest[start...]
                guard rest.starts(with: Self.comment) else {
                    rest = rest.dropFirst()
                    continue
                }
                rest = rest.dropFirst(Self.comment.count)
                let digits = rest.prefix { ASCII.isDigit($0) }
                if let number = Int(String(decoding: digits, as: UTF8.self)) { used.insert(number) }
            }
        }
        number = (1...(used.count + 1)).first { !used.contains($0) } ?? used.count + 1
    }

    var start: [UInt8] { Self.comment + Array("\(number) annotations -->".utf8) }
    var remark: [UInt8] { Self.comment + Array("\(number) remark -->".utf8) }
    var record: [UInt8] { Self.comment + Array("\(number) {".utf8) }
    static let recordEnd = Array(" -->".utf8)

    /// What readers see of a part above its remark, in lines.
    struct Display {
        /// The passage, and the title of a note.
        let head: [[UInt8]]
        let tags: String

        init(_ record: ExportRecord) {
            var head: [[UInt8]] = []
            if let quote = record.quotedText {
                head = quote.split(omittingEmptySubsequences: false) { $0.isNewline }.map {
                    Array(("> " + Self.line($0)).utf8)
                }
            }
            if let title = record.line("title") { head.append(Array(("### " + Self.line(title[...])).utf8)) }
            self.head = head
            tags = record.tags.map { "#" + Self.line($0[...]) }.joined(separator: " ")
        }

        func byline(_ author: String, _ day: String) -> String {
            let by = [author, day].filter { !$0.isEmpty }.map { Self.line($0[...]) }.joined(separator: ", ")
            // A line that begins in this way is no comment of the section, whatever the author is called.
            return "— " + [by, tags].filter { !$0.isEmpty }.joined(separator: " · ")
        }

        /// Without what would end the line.
        private static func line(_ text: Substring) -> String {
            var out = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                out.append(isControl || scalar == "\u{2028}" || scalar == "\u{2029}" ? " " : scalar)
            }
            return String(out)
        }
    }
}
