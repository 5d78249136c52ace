/// A WACZ file: a ZIP archive with WARC files and the list of its pages.
///
/// The list may stand behind the captures, so a file is gone through twice; of a stream the list is used only where it comes
/// first. Of a page that was not captured the text is taken that the list has, where it has one; for these a file is gone through
/// once more.
struct WACZReader: SourceReader {
    private let source: ByteSource
    private let options: SourceOptions
    private var archive: ZipArchive?
    private var captures: CaptureReader?
    private var texts: PageTexts?
    private var list: PageList?
    private var found: Set<String> = []
    private var waiting: [SourceEvent] = []
    private var archives = 0
    /// Of all its WARC files, each time that they are gone through.
    private var records = 0
    private var isFinished = false
    private var isSecondTime = false
    private var wholeList: PageList?
    let formatName = "a web archive (WACZ)"

    private static let listFolder = "pages/"
    private static let archiveFolder = "archive/"
    private static let maximumNamedPages = 20

    init(_ source: ByteSource, _ options: SourceOptions) throws(InterchangeError) {
        self.source = source
        self.options = options
        guard source.holdPlace() != nil else {
            archive = try ZipArchive(source)
            return
        }
        let first = try ZipArchive(source)
        var list = PageList()
        while let step = try first.next() {
            guard case .entry(let entry) = step else { continue }
            if Self.isList(entry.name) { try list.read(first) }
        }
        try use(list)
        guard source.seek(to: 0) else {
            throw InterchangeError(
                code: .unreadable, operation: "read", path: source.name, message: "it cannot be read twice",
                hint: "Copy it to a file, and import that.")
        }
        archive = try ZipArchive(source)
    }

    private mutating func use(_ list: PageList) throws(InterchangeError) {
        if list.count > 0 { self.list = list }
        if isKnown { return }
        if list.wrongLines > 0 {
            waiting.append(
                .rejected(place, reason: "\(list.wrongLines) lines of its list of pages cannot be read"))
        }
        if list.isCut {
            waiting.append(
                .rejected(
                    place,
                    reason: "its list has more than \(PageList.maximumPages) pages; the rest is left out"))
        }
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while true {
            if !waiting.isEmpty { return waiting.removeFirst() }
            if let event = try captures?.next() { return event }
            if let captures {
                records += captures.recordsRead
                found.formUnion(captures.found)
                list = captures.list
            }
            captures = nil
            if isFinished {
                let place = place
                return try texts?.next(at: place)
            }
            try nextEntry()
        }
    }

    private mutating func nextEntry() throws(InterchangeError) {
        guard let archive, let step = try archive.next() else { return try finish() }
        switch step {
        case .broken(let reason):
            waiting.append(.rejected(place, reason: "\(reason), so the rest could not be read"))
            try finish()
        case .refused(let name, let reason):
            if !isKnown { waiting.append(.rejected(place, reason: "\(name): \(reason)")) }
        case .entry(let entry):
            if list == nil, Self.isList(entry.name), source.holdPlace() == nil {
                var list = PageList()
                try list.read(archive)
                return try use(list)
            }
            guard Self.isArchive(entry.name) else { return }
            if entry.isEncrypted {
                if !isKnown { waiting.append(.rejected(place, reason: "\(entry.name): it is encrypted")) }
                return
            }
            archives += 1
            captures = try CaptureReader(
                archive, isCompressed: entry.name.hasSuffix(".gz"), file: source.name, entry: entry.name,
                list: list, options, countsLeftOut: !isSecondTime, source: source, recordsBefore: records)
        }
    }

    private mutating func finish() throws(InterchangeError) {
        // A page that redirects may stand behind the one that it leads to.
        if !isSecondTime, let rest = list?.elsewhere(found), source.seek(to: 0) {
            isSecondTime = true
            wholeList = list
            list = rest
            archive = try ZipArchive(source)
            return
        }
        isFinished = true
        if archives == 0 { waiting.append(.rejected(place, reason: "it holds no WARC file")) }
        var missing = (wholeList ?? list)?.missing(found) ?? []
        let told = missing.filter(\.hasText)
        if !told.isEmpty, source.seek(to: 0) {
            missing.removeAll(where: \.hasText)
            texts = PageTexts(of: told, in: try ZipArchive(source))
            let words =
                told.count == 1
                ? "1 page of its list was not captured; its text was taken from the list"
                : "\(told.count) pages of its list were not captured; their texts were taken from the list"
            waiting.append(.remark(place, words))
        }
        for page in missing.prefix(Self.maximumNamedPages) {
            waiting.append(
                .rejected(place, reason: "its list names a page that was not captured: \(page.address)"))
        }
        if missing.count > Self.maximumNamedPages {
            waiting.append(
                .rejected(
                    place,
                    reason:
                        "\(missing.count - Self.maximumNamedPages) more pages of its list were not captured"))
        }
    }

    /// Whether a process that is no more has told what stands here.
    private var isKnown: Bool { records + 1 < source.firstRecord }

    private var place: SourcePlace {
        SourcePlace(file: source.name, line: 1, byteOffset: 0)
    }

    /// `extraPages.jsonl` holds what the crawler found beside the pages that it was told.
    static func isList(_ name: String) -> Bool {
        name.hasPrefix(listFolder) && name.hasSuffix(".jsonl")
    }

    private static func isArchive(_ name: String) -> Bool {
        name.hasPrefix(archiveFolder)
            && (name.hasSuffix(".warc") || name.hasSuffix(".warc.gz") || name.hasSuffix(".arc")
                || name.hasSuffix(".arc.gz"))
    }

    static func isRecognised(_ start: SourceStart) -> Bool {
        guard start.raw.starts(with: "PK\u{3}\u{4}".utf8) else { return false }
        func has(_ word: String) -> Bool { ForeignFormat.contains(start.raw, word) }
        return has("archive/") && has(".warc") || has("pages/pages.jsonl") || has("indexes/index.cdx")
            || has("datapackage.json") && has("archive/")
    }
}

extension FormatEntry {
    static let wacz = FormatEntry(
        .wacz, name: "a web archive (WACZ)",
        fields: [
            ("url", ["url of pages.jsonl", "WARC-Target-URI"]),
            ("title", ["title of pages.jsonl", "<title>"]),
            ("body", ["the page's text"]), ("date", ["the page's date"]),
        ],
        isRecognised: WACZReader.isRecognised,
        open: { (source, options) throws(InterchangeError) in try WACZReader(source, options) })
}
