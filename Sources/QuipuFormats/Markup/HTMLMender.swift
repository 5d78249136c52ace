internal import QuipuNaturalKeys

/// Makes HTML that libxml2, which knows HTML 4, reads as browsers read it: references of HTML 5 become characters, elements
/// without content are closed, and what nobody reads is left out: scripts (JSON-LD apart), style sheets, drawings, frames,
/// forms' texts, handlers of events, and pictures inside of attributes.
///
/// A page that says that it is XHTML has XML's syntax, which browsers obey where they read it as that: an element that ends with `/>` is
/// empty, where HTML has what follows stand in it, to the end of the page for a `<script/>`; and what stands in CDATA is text.
///
/// What a program that saved the page moved out of sight is put back: a shadow tree, and the page in a frame.
struct HTMLMender {
    private static let maximumFrameDepth = 4

    private let bytes: [UInt8]
    private let isXHTML: Bool
    /// How many frames are around it; such a page has its head left out.
    private let frameDepth: Int
    /// Of the templates that are open, whether they hold a shadow tree, which is shown.
    private var openTemplates: [Bool] = []
    private var index = 0
    private(set) var out: [UInt8] = []
    /// Within ``MarkupLimits``; not in `out`.
    private(set) var comments: [String] = []
    private var mathDepth = 0
    /// What the page breaks off inside of, and which elements it leaves open.
    private(set) var end = PageEnd()

    /// Elements without end tags that libxml2 gives content.
    private static let void: Set<String> = ["embed", "keygen", "source", "track", "wbr"]
    /// Elements whose content is no markup, and nobody's text.
    private static let raw: Set<String> = [
        "script", "style", "iframe", "noembed", "noframes", "xmp", "textarea", "svg",
    ]

    /// Elements of HTML that never have content.
    private static let empty: Set<String> = [
        "area", "base", "basefont", "br", "col", "frame", "hr", "img", "input", "link", "meta", "param",
    ]
    /// Of a page in a frame: what says something of it, or holds all of it.
    private static let ofHead: Set<String> = ["html", "head", "body", "meta", "link", "base"]

    /// - Parameter isXHTML: whether it was said elsewhere that it has XML's syntax; else the page says it.
    init(_ bytes: [UInt8], isXHTML: Bool = false) {
        self.init(bytes, isXHTML: isXHTML, frameDepth: 0)
    }

    private init(_ bytes: [UInt8], isXHTML: Bool, frameDepth: Int) {
        self.bytes = bytes
        self.isXHTML = isXHTML || XHTML.isDeclared(bytes[...])
        self.frameDepth = frameDepth
        out.reserveCapacity(bytes.count + bytes.count / 8)
    }

    mutating func mend() {
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "<") { markup() } else { text() }
        }
    }

    private mutating func text() {
        let end = bytes[index...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        TagReader.write(bytes[index..<end], in: .text, to: &out)
        index = end
    }

    private mutating func markup() {
        let rest = bytes[index...]
        guard let next = rest.dropFirst().first else { return literal() }
        if ASCII.isLetter(next) { return startTag() }
        if rest.starts(with: "<!--".utf8) { return comment() }
        if next == UInt8(ascii: "/") {
            guard let first = rest.dropFirst(2).first else { return literal() }
            if ASCII.isLetter(first) { return endTag() }
            return skip(to: ">")
        }
        if isXHTML, rest.starts(with: "<![CDATA[".utf8) { return data() }
        if isXHTML, next == UInt8(ascii: "?") { return skip(to: "?>") }
        if isXHTML, let end = documentType(rest) {
            index = end
            return
        }
        // A document type, an instruction, or what is left of a conditional comment.
        if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") { return skip(to: ">") }
        literal()
    }

    private mutating func literal() {
        out += "&lt;".utf8
        index += 1
    }

    /// Text, whatever stands in it.
    private mutating func data() {
        let start = index + 9
        let end = TagReader.find("]]>", bytes[start...])
        for byte in bytes[start..<(end ?? bytes.count)] { CharacterReference.append(byte, to: &out) }
        if end == nil { self.end.breaksOff(inside: "a CDATA section") }
        index = end.map { $0 + 3 } ?? bytes.count
    }

    private func documentType(_ rest: ArraySlice<UInt8>) -> Int? {
        guard rest.prefix(9).map(ASCII.lowercased).elementsEqual("<!doctype".utf8) else { return nil }
        return TagReader.endOfDocumentType(rest)
    }

    private mutating func skip(to end: String) {
        guard let found = TagReader.find(end, bytes[index...]) else {
            self.end.breaksOff(inside: "a tag")
            index = bytes.count
            return
        }
        index = found + end.utf8.count
    }

    private mutating func comment() {
        let start = index + 4
        // `<!-->` is whole.
        if bytes[start...].first == UInt8(ascii: ">") {
            index = start + 1
            return
        }
        guard let end = TagReader.find("-->", bytes[start...]) else {
            self.end.breaksOff(inside: "a comment")
            index = bytes.count
            return
        }
        index = end + 3
        guard comments.count < MarkupLimits.maximumComments else { return }
        let content = bytes[start..<end].prefix(MarkupLimits.maximumCommentBytes)
        comments.append(String(decoding: content, as: UTF8.self))
    }

    private mutating func endTag() {
        let name = bytes[(index + 2)...].prefix { !TagReader.isSpace($0) && $0 != UInt8(ascii: ">") }
        skip(to: ">")
        let lowered = name.map(ASCII.lowercased)
        guard TagReader.isName(lowered[...]) else { return }
        let word = String(decoding: lowered, as: UTF8.self)
        if frameDepth > 0, word == "title" || Self.ofHead.contains(word) { return }
        end.close(word)
        if word == "math", mathDepth > 0 { mathDepth -= 1 }
        if word == "template", openTemplates.popLast() == true {
            out += "</div>".utf8
        } else if word == "br" {
            out += "<br>".utf8
        } else if !Self.void.contains(word), !Self.raw.contains(word) {
            out += "</".utf8 + lowered + ">".utf8
        }
    }

    private mutating func startTag() {
        guard let tag = TagReader(bytes[(index + 1)...]) else {
            end.breaksOff(inside: "a tag")
            index = bytes.count
            return
        }
        index = tag.end
        let lowered = tag.name.map(ASCII.lowercased)
        guard TagReader.isName(lowered[...]) else { return }
        let word = String(decoding: lowered, as: UTF8.self)
        if Self.raw.contains(word) { return rawElement(word, tag) }
        if word == "plaintext" || frameDepth > 0 && Self.ofHead.contains(word) { return }
        let isClosed = isClosed(tag)
        if frameDepth > 0, word == "title" {
            if !isClosed { index = endOfRaw("title") }
            return
        }
        if !isClosed { end.open(word) }
        let isShadow = word == "template" && Self.isShadow(tag)
        out += "<".utf8 + (isShadow ? Array("div".utf8) : lowered)
        write(tag)
        let isEmpty = Self.void.contains(word) || mathDepth > 0 && tag.isEmpty
        out += (isEmpty ? "/>" : ">").utf8
        if isClosed, !isEmpty, !Self.empty.contains(word) {
            out += "</".utf8 + (isShadow ? Array("div".utf8) : lowered) + ">".utf8
            return
        }
        if word == "template", openTemplates.count < MarkupLimits.maximumDepth {
            openTemplates.append(isShadow)
        }
        if word == "math", !tag.isEmpty { mathDepth += 1 }
        if word == "title" { title() }
    }

    /// Whether XML has nothing stand in the element.
    private func isClosed(_ tag: TagReader) -> Bool { isXHTML && tag.isEmpty && !tag.isEndDoubtful }

    /// `<template shadowrootmode="open">`, by which what a component shows is saved with its page.
    private static func isShadow(_ tag: TagReader) -> Bool {
        tag.attributes.contains { attribute in
            let name = attribute.name.map(ASCII.lowercased)
            return name.elementsEqual("shadowrootmode".utf8) || name.elementsEqual("shadowroot".utf8)
        }
    }

    /// `<iframe srcdoc="…">`: the text of the page in it.
    private mutating func frame(_ tag: TagReader) -> Bool {
        guard frameDepth < Self.maximumFrameDepth,
            let page = tag.attributes.first(where: {
                $0.name.map(ASCII.lowercased).elementsEqual("srcdoc".utf8)
            })?
            .value, !page.allSatisfy(TagReader.isSpace)
        else { return false }
        var content: [UInt8] = []
        TagReader.read(page, in: .attribute, to: &content)
        var mender = HTMLMender(content, isXHTML: false, frameDepth: frameDepth + 1)
        mender.mend()
        out += "<div>".utf8 + mender.out + "</div>".utf8
        return true
    }

    private func isJSON(_ tag: TagReader) -> Bool {
        tag.attributes.contains { attribute in
            attribute.name.map(ASCII.lowercased).elementsEqual("type".utf8)
                && attribute.value.map(ASCII.lowercased).starts(with: "application/ld+json".utf8)
        }
    }

    /// Passes over an element whose content ends at its end tag alone.
    private mutating func rawElement(_ word: String, _ tag: TagReader) {
        if word == "svg" { return drawing(tag) }
        let isClosed = isClosed(tag)
        let end = isClosed ? index : endOfRaw(word)
        if word == "iframe", !frame(tag) {
            out += "<iframe".utf8
            write(tag)
            out += "></iframe>".utf8
        }
        if word == "script", frameDepth == 0, isJSON(tag), end > index {
            out += "<script type=\"application/ld+json\">".utf8
            out += bytes[index..<end].filter { $0 >= 0x20 || TagReader.isSpace($0) }
            out += "</script>".utf8
        }
        index = end
        guard !isClosed else { return }
        if index < bytes.count { skip(to: ">") } else { self.end.breaksOff(inside: "<\(word)>") }
    }

    /// A drawing may hold others; what is inside may be empty or cut.
    private mutating func drawing(_ tag: TagReader) {
        if tag.isEmpty { return }
        var depth = 1
        while depth > 0, let open = bytes[index...].firstIndex(of: UInt8(ascii: "<")) {
            index = open
            let rest = bytes[open...].prefix(6).map(ASCII.lowercased)
            if rest.starts(with: "</svg".utf8) { depth -= 1 }
            if rest.starts(with: "<svg".utf8), let inner = TagReader(bytes[(open + 1)...]), !inner.isEmpty {
                depth += 1
            }
            if rest.starts(with: "<!--".utf8) { skip(to: "-->") } else { skip(to: ">") }
        }
        if depth > 0 {
            end.breaksOff(inside: "<svg>")
            index = bytes.count
        }
    }

    private func endOfRaw(_ word: String) -> Int {
        let end = Array("</\(word)".utf8)
        var from = index
        while let found = bytes[from...].firstIndex(of: UInt8(ascii: "<")) {
            if bytes[found...].prefix(end.count).map(ASCII.lowercased) == end { return found }
            from = found + 1
        }
        return bytes.count
    }

    /// Of a title all is text up to its end tag.
    private mutating func title() {
        let end = endOfRaw("title")
        TagReader.write(bytes[index..<end], in: .text, to: &out)
        index = end
    }

    private mutating func write(_ tag: TagReader) {
        for attribute in tag.attributes {
            let name = attribute.name.map(ASCII.lowercased)
            // What a picture shows is no text; that there is one may matter.
            let isData = attribute.value.count > 4_096 && attribute.value.starts(with: "data:".utf8)
            let value = isData ? attribute.value.prefix(5) : attribute.value
            if name.starts(with: "on".utf8) || value.count > MarkupLimits.maximumAttributeBytes { continue }
            out += " ".utf8 + name + "=\"".utf8
            TagReader.write(value, in: .attribute, to: &out)
            out.append(UInt8(ascii: "\""))
        }
    }
}
