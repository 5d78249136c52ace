import QuipuCanonicalJSON
import QuipuFormats
import QuipuInterchange

extension FuzzTarget {
    static let text = reader(.text, name: "text", subject: "import: plain text")
    static let jsonLines = reader(.jsonl, name: "jsonlines", subject: "import: JSON Lines, arrays, objects")
    static let markdown = reader(.markdown, name: "markdown", subject: "import: Markdown, YAML front matter")
    static let html = reader(.html, name: "html", subject: "import: saved pages, their article and metadata")
    static let bookmarks = reader(.bookmarks, name: "bookmarks", subject: "import: files of bookmarks")

    static let ris = reader(.ris, name: "ris", subject: "import: RIS, MEDLINE, EndNote's tagged form")
    static let bibTeX = reader(.bibtex, name: "bibtex", subject: "import: BibTeX, BibLaTeX")
    static let csl = reader(.csl, name: "csl", subject: "import: CSL-JSON")
    static let zotero = reader(.zotero, name: "zotero", subject: "import: Zotero's JSON and RDF")

    static let warc = reader(.warc, name: "warc", subject: "import: WARC, ARC, compressed or not")
    static let wacz = reader(.wacz, name: "wacz", subject: "import: WACZ")
    static let feed = reader(.feed, name: "feed", subject: "import: RSS, Atom, JSON Feed")
    static let epub = reader(.epub, name: "epub", subject: "import: EPUB")
    static let enex = reader(.enex, name: "enex", subject: "import: exports of Evernote")
    static let mail = reader(.mail, name: "mail", subject: "import: messages and mailboxes")

    static let hypothesis = reader(
        .hypothesis, name: "hypothesis", subject: "import: annotations of Hypothes.is")
    static let w3c = reader(.w3c, name: "w3c", subject: "import: web annotations, JSON-LD")
    static let wallabag = reader(.wallabag, name: "wallabag", subject: "import: exports of Wallabag")
    static let omnivore = reader(.omnivore, name: "omnivore", subject: "import: exports of Omnivore")
    static let readwise = reader(.readwise, name: "readwise", subject: "import: exports of Readwise")
    static let pocket = reader(.pocket, name: "pocket", subject: "import: exports of Pocket")
    static let instapaper = reader(.instapaper, name: "instapaper", subject: "import: exports of Instapaper")
    static let csv = reader(.csv, name: "csv", subject: "import: tables with separators")

    /// A reader comes to the source's end with items that can be stored, or says what is wrong with it.
    private static func reader(_ format: SourceFormat, name: String, subject: String) -> FuzzTarget {
        FuzzTarget(name: name, subject: subject, maximumInputBytes: 4_096) { bytes in
            try read(Array(bytes), as: format)
            try read(Array(bytes), as: nil)
        }
    }

    private static func read(_ bytes: [UInt8], as format: SourceFormat?) throws {
        do {
            var reader = try openSource(ByteSource(bytes: bytes, name: "memory"), as: format)
            var events = 0
            var file = (bytes: bytes.count, lines: 1 + bytes.count { $0 == 0x0a || $0 == 0x0d })
            while let event = try reader.next() {
                events += 1
                // In addition, a reader may say what is wrong with the whole.
                try expect(events <= bytes.count + 8, "there are more events than bytes")
                switch event {
                case .item(let item): try examine(item, of: file)
                case .remark(let place, let text):
                    try expect(!text.isEmpty, "a remark says nothing")
                    // Places count from the converted text, which is longer.
                    if text.contains("was converted") { file.bytes = 3 * bytes.count }
                    try examine(place, of: file)
                case .rejected(let place, let reason):
                    try expect(!reason.isEmpty, "a rejection has no reason")
                    try examine(place, of: file)
                }
            }
        } catch let error as InterchangeError {
            try expect(!error.hint.isEmpty, "an error has no hint: \(error.message)")
        }
    }

    private static func examine(_ item: SourceItem, of file: (bytes: Int, lines: Int)) throws {
        try examine(item.place, of: file)
        for (one, other) in zip(item.fields, item.fields.dropFirst()) {
            try expect(precedesInUTF16(one.name, other.name), "\(one.name) stands before \(other.name)")
        }
        for field in item.fields {
            try expect(isCanonicalJSON(field.value), "the value of \(field.name) is not canonical")
            try expect(isName(field.name), "a field cannot have the name \(field.name)")
        }
        for tag in item.tags {
            try expect(isName("tags/" + tag), "a field cannot be named after the tag \(tag)")
        }
        try expect(isName(item.kind), "there can be no kind \(item.kind)")
    }

    private static func isName(_ text: String) -> Bool {
        (1...512).contains(text.utf8.count) && text.nfc.utf8.elementsEqual(text.utf8)
    }

    private static func examine(_ place: SourcePlace, of file: (bytes: Int, lines: Int)) throws {
        try expect(
            (0...file.bytes).contains(place.byteOffset), "byte \(place.byteOffset) is not in the file")
        try expect((1...file.lines).contains(place.line), "line \(place.line) is not in the file")
    }
}
