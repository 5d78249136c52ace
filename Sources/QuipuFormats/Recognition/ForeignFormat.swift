internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// A format that content or a name shows, of a file that import cannot read: what it is called, and what to do instead.
struct ForeignFormat {
    /// What stands against reading the file.
    private enum Obstacle {
        case hasNoReader
        /// There is a reader of this name, and the file begins so, but is nothing that it can read.
        case isBroken
        /// It is called so, and what stands in it is something else.
        case isMisnamed
        case lacksProgram
    }

    /// With its article: "a BibTeX file".
    let name: String
    /// What to do with a file of it, as a sentence.
    let wayOut: String
    /// Whether it can be taken as plain text at all.
    let isText: Bool
    private let obstacle: Obstacle

    private init(
        _ name: String, _ wayOut: String, isText: Bool = true, _ obstacle: Obstacle = .hasNoReader
    ) {
        (self.name, self.wayOut, self.isText, self.obstacle) = (name, wayOut, isText, obstacle)
    }

    func refusal(of path: String) -> InterchangeError {
        let message: String
        var code = InterchangeError.Code.unsupportedFormat
        switch obstacle {
        case .hasNoReader: message = "this is \(name), which Quipu does not read yet"
        case .lacksProgram: message = "this is \(name), which is read by pdftotext, and that is not at hand"
        case .isBroken:
            message = "this begins like \(name), and cannot be read as one"
            code = .wrongFormat
        case .isMisnamed:
            message = "its name is that of \(name), and what stands in it is none"
            code = .wrongFormat
        }
        return InterchangeError(
            code: code, operation: "import", path: path, message: message,
            hint: isText ? wayOut + " Or take it as plain text." : wayOut,
            remedy: isText ? .init(.importAsText, wayOut) : remedy)
    }

    private static let references = "Open it in a reference manager such as Zotero and export CSL-JSON."
    private static let table =
        "Turn it into CSV or JSON Lines, and import that."
    private static let feeds = "Add each of the feeds that it names (quipu feed add URL)."
    private static let check = "Check that it was written to its end, with the program that it is from."
    private static let page = "Save its text as Markdown or plain text, for example: pandoc -t markdown FILE."
    private static let office = "Convert it to text first, for example: pandoc -t markdown FILE."
    private static let other = "Export what it holds as JSON Lines, Markdown or plain text."
    private static let unpack = "Unpack it and import what is in it."
    private static let attachable = "Keep it with its record, as an attachment."

    private static let pdfWayOut =
        "Install pdftotext (poppler-utils); the file itself is kept as an attachment."

    /// Of what can be kept, but not read.
    private var remedy: InterchangeError.Remedy? {
        switch wayOut {
        case Self.attachable: .init(.attach)
        case Self.pdfWayOut: .init(.attachOrTakeText)
        default: nil
        }
    }

    static let pdf = ForeignFormat("a PDF", pdfWayOut, isText: false, .lacksProgram)

    // MARK: Binary

    private static let magic: [(start: [UInt8], format: ForeignFormat)] = [
        (
            Array("%PDF-".utf8),
            pdf
        ),
        (Array("SQLite format 3\0".utf8), .init("an SQLite database", other, isText: false)),
        ([0x1F, 0x8B], .init("compressed with gzip", "Unpack it first: gunzip FILE.", isText: false)),
        (
            [0x28, 0xB5, 0x2F, 0xFD],
            .init("compressed with zstd", "Unpack it first: zstd -d FILE.", isText: false)
        ),
        (
            [0xFD] + Array("7zXZ\0".utf8),
            .init("compressed with xz", "Unpack it first: xz -d FILE.", isText: false)
        ),
        (Array("BZh".utf8), .init("compressed with bzip2", "Unpack it first: bunzip2 FILE.", isText: false)),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .init("a 7z archive", unpack, isText: false)),
        (Array("Rar!\u{1A}\u{07}".utf8), .init("a RAR archive", unpack, isText: false)),
        ([0x89] + Array("PNG\r\n".utf8), .init("a PNG image", attachable, isText: false)),
        ([0xFF, 0xD8, 0xFF], .init("a JPEG image", attachable, isText: false)),
        (Array("GIF8".utf8), .init("a GIF image", attachable, isText: false)),
        (Array("II*\0".utf8), .init("a TIFF image", attachable, isText: false)),
        (Array("MM\0*".utf8), .init("a TIFF image", attachable, isText: false)),
        (Array("ID3".utf8), .init("a sound file (MP3)", attachable, isText: false)),
        (Array("OggS".utf8), .init("a sound file (Ogg)", attachable, isText: false)),
        (Array("PAR1".utf8), .init("a Parquet table", table, isText: false)),
        (
            [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            .init(
                "an old Office document",
                "Save it as text or DOCX and convert that: pandoc -t markdown FILE.", isText: false)
        ),
        ([0x7F] + Array("ELF".utf8), .init("a program", other, isText: false)),
    ]

    /// By the first bytes, of what is no text.
    static func binary(_ start: ArraySlice<UInt8>) -> ForeignFormat? {
        if start.starts(with: "bplist00".utf8) {
            return contains(start, "WebMainResource")
                ? .init(
                    "a page with its files (Safari's web archive)",
                    "Open it in Safari and save it as page source, and import that.", isText: false)
                : .init("a property list of macOS", other, isText: false)
        }
        if start.starts(with: "PK\u{3}\u{4}".utf8) || start.starts(with: "PK\u{5}\u{6}".utf8) {
            return zip(start)
        }
        if start.starts(with: "RIFF".utf8), start.count > 12 {
            let kind = String(decoding: start.dropFirst(8).prefix(4), as: UTF8.self)
            if kind == "WEBP" { return .init("a WebP image", attachable, isText: false) }
            if ["WAVE", "AVI "].contains(kind) {
                return .init("a sound or video file", attachable, isText: false)
            }
        }
        if start.dropFirst(4).starts(with: "ftyp".utf8), BinaryContent.isLikely(start) {
            return .init("a video, sound or HEIC file", attachable, isText: false)
        }
        if start.dropFirst(60).starts(with: "BOOKMOBI".utf8), BinaryContent.isLikely(start) {
            return .init(
                "a MOBI book", "Convert it to EPUB, and import that.", isText: false)
        }
        // Words can begin with some of these letters; what follows tells.
        guard let found = magic.first(where: { start.starts(with: $0.start) }) else { return nil }
        let isWord = found.start.allSatisfy { (0x20..<0x7F).contains($0) }
        return !isWord || start.starts(with: "%PDF-".utf8) || BinaryContent.isLikely(start)
            ? found.format : nil
    }

    private static func zip(_ start: ArraySlice<UInt8>) -> ForeignFormat {
        let head = start.prefix(4_096)
        func has(_ word: String) -> Bool { contains(head, word) }
        if has("mimetypeapplication/epub+zip") {
            return .init("an EPUB book", check, isText: false, .isBroken)
        }
        if has("mimetypeapplication/vnd.oasis.opendocument") {
            return .init("an OpenDocument file", office, isText: false)
        }
        if has("word/") { return .init("a Word document (DOCX)", office, isText: false) }
        if has("xl/") {
            return .init("a spreadsheet (XLSX)", "Save the sheet as CSV, and import that.", isText: false)
        }
        if has("ppt/") { return .init("a presentation (PPTX)", office, isText: false) }
        if has("[Content_Types].xml") { return .init("an Office document", office, isText: false) }
        if has("multi-wacz-package") {
            return .init(
                "a collection of web archives (multi-WACZ)",
                "Import the WACZ files that it names, each by itself.",
                isText: false)
        }
        if has("archive/data.warc") || has("datapackage.json") {
            return .init("a web archive (WACZ)", check, isText: false, .isBroken)
        }
        return .init("a ZIP archive", unpack, isText: false)
    }

    // MARK: Text

    /// Text whose beginning leaves no doubt, so that it is refused in a folder of Markdown as well.
    static func marked(_ start: ArraySlice<UInt8>) -> ForeignFormat? {
        let content = start.drop(while: isSpace)
        if content.first == UInt8(ascii: "<"), let root = MarkupRoot(content) { return markup(root) }
        if let found = openings.first(where: { content.starts(with: $0.start.utf8) })?.format { return found }
        if let found = TextRecords.format(content) { return .init(found.name, found.wayOut) }
        if MailHeader.isSavedPage(content) {
            return .init("a page with its files (MHTML)", check, .isBroken)
        }
        return MailHeader.isMail(content)
            ? .init("a mail message", check, .isBroken)
            : MailHeader.isMailbox(content) ? .init("a mailbox (mbox)", check, .isBroken) : nil
    }

    /// Text that is laid out as a format is.
    static func text(_ start: ArraySlice<UInt8>, isWhole: Bool) -> ForeignFormat? {
        if let marked = marked(start) { return marked }
        let content = start.drop(while: isSpace)
        if content.first == UInt8(ascii: "<") {
            return MarkupRoot.isFragment(content, isWhole: isWhole)
                ? .init("a piece of HTML or XML", page) : nil
        }
        if isOtherJSON(content, isWhole: isWhole) {
            return .init(
                "JSON without articles",
                "Import takes objects: a list of them, one a line, or one that holds a list.")
        }
        return nil
    }

    /// By a file's name, where what stands in it leaves open what it is: a table of one row, a list of one reference.
    static func named(_ path: String) -> ForeignFormat? {
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let ending = String(path[path.index(after: dot)...]).lowercased()
        return byEnding.first { $0.endings.contains(ending) }?.format
    }

    private static let byEnding: [(endings: [String], format: ForeignFormat)] = [
        (["ris"], .init("a RIS file", check, .isMisnamed)),
        (["bib", "bibtex"], .init("a BibTeX file", check, .isMisnamed)),
        (["nbib"], .init("a PubMed file (MEDLINE)", check, .isMisnamed)),
        (["enw"], .init("an EndNote file", check, .isMisnamed)),
        (["html", "htm", "xhtml"], .init("an HTML page", check, .isMisnamed)),
        (["mhtml", "mht"], .init("a page with its files (MHTML)", check, .isMisnamed)),
        (["rss", "atom"], .init("a feed", check, .isMisnamed)),
        (["opml"], .init("an OPML outline", feeds)),
        (["xml", "rdf"], .init("an XML file", other)),
        (["eml"], .init("a mail message", check, .isMisnamed)),
        (["mbox"], .init("a mailbox (mbox)", check, .isMisnamed)),
        (["warc"], .init("a web archive (WARC)", check, .isMisnamed)),
        (["rtf"], .init("a rich text file (RTF)", office)),
    ]

    private static let openings: [(start: String, format: ForeignFormat)] = [
        ("{\\rtf", .init("a rich text file (RTF)", office)),
        ("WARC/1.", .init("a web archive (WARC)", check, .isBroken)),
        (
            "%PDF-",
            pdf
        ),
        ("%!PS", .init("a PostScript file", office)),
        ("BEGIN:VCARD", .init("a file of contacts (vCard)", other)),
        ("BEGIN:VCALENDAR", .init("a calendar (iCalendar)", other)),
        ("FN Clarivate", .init("a Web of Science file", references)),
        ("FN Thomson Reuters", .init("a Web of Science file", references)),
    ]

    private static func markup(_ root: MarkupRoot) -> ForeignFormat {
        switch root.name {
        case "html", "head", "body": .init("an HTML page", check, .isBroken)
        case "netscape-bookmark-file-1": .init("a file of bookmarks (HTML)", check, .isBroken)
        case "rss": .init("an RSS feed", check, .isBroken)
        case "feed": .init("an Atom feed", check, .isBroken)
        case "rdf:rdf":
            root.text.contains("purl.org/rss/1.0")
                ? .init("an RSS feed (RDF)", check, .isBroken) : .init("an RDF file", references)
        case "opml": .init("an OPML outline", feeds)
        case "en-export": .init("an Evernote export (ENEX)", check, .isBroken)
        case "xml" where isEndNote(root.text), "records" where isEndNote(root.text):
            .init(
                "an EndNote library (XML)",
                "In EndNote export it in the style RefMan (RIS) Export, and import that.")
        case "package" where root.text.contains("idpf.org"):
            .init("the package file of a book (OPF)", "Import the book itself, the EPUB file beside it.")
        case "pubmedarticleset":
            .init("references of PubMed (XML)", "In PubMed save them in the format PubMed, and import that.")
        case "mods", "modscollection": .init("references in MODS", references)
        case "marc:collection": .init("references in MARC", references)
        case "collection" where root.text.contains("loc.gov/MARC21"): .init("references in MARC", references)
        case "svg": .init("an SVG image", attachable)
        case "mediawiki": .init("a wiki's export (MediaWiki XML)", office)
        case "urlset", "sitemapindex": .init("a sitemap", other)
        default: .init("an XML file", other)
        }
    }

    private static func isEndNote(_ text: String) -> Bool {
        text.contains("name=\"EndNote\"") || text.contains("<record>") && text.contains("<ref-type")
    }

    /// Arrays of what is no object. A text may begin with `[1]` or `["`, so the whole must be JSON as far as it is seen.
    private static func isOtherJSON(_ content: ArraySlice<UInt8>, isWhole: Bool) -> Bool {
        guard content.first == UInt8(ascii: "[") || content.first == UInt8(ascii: "{") else { return false }
        do throws(JSONError) {
            _ = try JSONParser(options: .bigNumbersAsStrings).parse(content)
            return true
        } catch {
            return !isWhole && error.code == .unexpectedEnd
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    static func contains(_ bytes: ArraySlice<UInt8>, _ word: String) -> Bool {
        let word = Array(word.utf8)
        guard let first = word.first else { return true }
        var rest = bytes
        while let found = rest.firstIndex(of: first) {
            rest = rest[found...]
            if rest.starts(with: word) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
