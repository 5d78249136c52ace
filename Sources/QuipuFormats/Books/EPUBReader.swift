internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// An EPUB book (2 and 3) as one article: what its package says of it, and its chapters in the order of reading.
struct EPUBReader: SourceReader {
    private let source: ByteSource
    private let options: SourceOptions
    private var waiting: [SourceEvent]?
    let formatName = "an EPUB book"

    /// Entries that are held: markup, and what says what the others are.
    private static let heldEndings = [".opf", ".xhtml", ".xht", ".html", ".htm", ".xml"]
    private static let maximumMissing = 100

    init(_ source: ByteSource, _ options: SourceOptions) {
        self.source = source
        self.options = options
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        var events = waiting ?? []
        if waiting == nil { events = try read() }
        let event = events.isEmpty ? nil : events.removeFirst()
        waiting = events
        return event
    }

    private func read() throws(InterchangeError) -> [SourceEvent] {
        var source = source
        var original: [UInt8]?
        var events: [SourceEvent] = []
        let place = SourcePlace(file: source.name, line: 1, byteOffset: 0)
        if options.keepsOriginals {
            original = try source.readAll(maximumBytes: SourceLimits.maximumFileBytes)
            if let original {
                source = ByteSource(bytes: original, name: source.name)
            } else {
                events.append(
                    .remark(
                        place,
                        "the book is longer than \(SourceLimits.maximumFileBytes) bytes, so it is not kept"))
            }
        }
        let (files, remarks, refused) = try Self.files(of: source, place)
        events += remarks
        do throws(Rejection) {
            let book = try EPUBBook(files)
            let item = try book.item(at: place)
            events.insert(.item(item), at: 0)
            for name in book.missingChapters.prefix(Self.maximumMissing) where !refused.contains(name) {
                events.append(
                    .rejected(
                        place,
                        reason:
                            "\(name): the book's order of reading names it, and the archive has no such text")
                )
            }
            for remark in book.remarks { events.append(.remark(place, remark)) }
            if let original {
                var relations = SourceRelations()
                relations.parent = item.relations.key
                relations.file = .bytes(original)
                var facts = PartFacts()
                facts.producer = item.producer
                facts.foreignID = item.foreignID.map { $0 + "/original" }
                events.append(
                    .item(
                        try SourceItem.attachment(
                            name: AttachmentName.checked(source.name) ?? "book.epub",
                            mediaType: "application/epub+zip",
                            facts: facts, place: place, relations: relations)))
            }
        } catch {
            events.append(error.event(at: place))
        }
        return events
    }

    private static func files(
        of source: ByteSource, _ place: SourcePlace
    ) throws(InterchangeError) -> (files: [String: [UInt8]], events: [SourceEvent], refused: Set<String>) {
        let archive = try ZipArchive(source)
        var files: [String: [UInt8]] = [:]
        var events: [SourceEvent] = []
        var refused: Set<String> = []
        var held = 0
        if let fault = archive.fault { events.append(.rejected(place, reason: fault)) }
        while let step = try archive.next() {
            switch step {
            case .broken(let reason):
                events.append(.rejected(place, reason: "\(reason), so the rest could not be read"))
            case .refused(let name, let reason):
                refused.insert(name)
                events.append(.rejected(place, reason: "\(name): \(reason)"))
            case .entry(let entry):
                let name = entry.name.lowercased()
                guard heldEndings.contains(where: name.hasSuffix), files[entry.name] == nil else { continue }
                if entry.isEncrypted {
                    refused.insert(entry.name)
                    events.append(.rejected(place, reason: "\(entry.name): it is encrypted"))
                    continue
                }
                let bytes = try archive.readAll()
                if let fault = archive.fault {
                    refused.insert(entry.name)
                    events.append(.rejected(place, reason: "\(entry.name): \(fault)"))
                    if bytes.isEmpty || fault == ExpansionLimits.bomb { continue }
                }
                held += bytes.count
                guard held <= ExpansionLimits.maximumTotalBytes else {
                    events.append(
                        .rejected(
                            place,
                            reason: "its texts are longer than \(ExpansionLimits.maximumTotalBytes) bytes; "
                                + "from \(entry.name) on they are left out"))
                    return (files, events, refused)
                }
                files[entry.name] = bytes
            }
        }
        return (files, events, refused)
    }

    static func isRecognised(_ start: SourceStart) -> Bool {
        guard start.raw.starts(with: "PK\u{3}\u{4}".utf8) else { return false }
        return ForeignFormat.contains(start.raw, "mimetypeapplication/epub+zip")
            || ForeignFormat.contains(start.raw, "META-INF/container.xml")
    }
}

extension FormatEntry {
    static let epub = FormatEntry(
        .epub, name: "an EPUB book",
        fields: [
            ("title", ["dc:title"]), ("author", ["dc:creator"]), ("date", ["dc:date"]),
            ("language", ["dc:language"]),
            ("publisher", ["dc:publisher"]), ("abstract", ["dc:description"]), ("tags", ["dc:subject"]),
            ("id", ["dc:identifier"]), ("doi", ["dc:identifier"]), ("body", ["the chapters of the spine"]),
        ],
        isRecognised: EPUBReader.isRecognised,
        open: { (source, options) throws(InterchangeError) in EPUBReader(source, options) })
}
