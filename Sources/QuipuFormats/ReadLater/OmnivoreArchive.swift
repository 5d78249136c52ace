internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// An export of Omnivore as it wrote it: a ZIP archive of `metadata_…json`, `content/SLUG.html` and `highlights/SLUG.md`.
///
/// It is gone through twice, first for what was saved and its highlights, then for the pages, of which one is held.
struct OmnivoreArchive: SourceReader {
    let formatName = "an export of Omnivore"

    private static let maximumHeldBytes = ExpansionLimits.maximumTotalBytes

    private let source: ByteSource
    private var archive: ZipArchive?
    private var pending: [SourceEvent] = []
    /// By slug, what was not yielded yet; in the order of the archive.
    private var saved: [String: JSONValue] = [:]
    private var order: [String] = []
    /// All that the metadata names.
    private var slugs: Set<String> = []
    private var highlights: [String: String] = [:]
    private var heldBytes = 0

    init(_ source: ByteSource) throws(InterchangeError) {
        self.source = source
        guard source.holdPlace() != nil else {
            throw InterchangeError(
                code: .unreadable, operation: "read", path: source.name,
                message: "the archive can be read from a file only",
                hint: "Save it as a file, and import that.")
        }
        let first = try ZipArchive(source)
        while let step = try first.next() {
            guard case .entry(let entry) = step else {
                note(step)
                continue
            }
            if entry.name.hasPrefix("highlights/"), entry.name.hasSuffix(".md") {
                if let bytes = try held(first, entry) {
                    let slug = Self.slug(of: entry.name)
                    highlights[slug] = String(decoding: bytes, as: UTF8.self)
                }
            } else if Self.isMetadata(entry.name), let bytes = try held(first, entry) {
                try add(bytes)
            }
        }
        if order.isEmpty {
            pending.append(
                .rejected(place, reason: first.fault ?? "it holds no metadata of an export of Omnivore"))
        }
        if source.seek(to: 0) { archive = try ZipArchive(source) }
        pending.reverse()
        order.reverse()
    }

    private mutating func add(_ metadata: [UInt8]) throws(InterchangeError) {
        var objects = try JSONObjectStream(ByteSource(bytes: metadata, name: source.name))
        while let piece = try objects.next() {
            switch piece {
            case .event(let event): pending.append(event)
            case .object(let value, let place):
                guard let slug = value["slug"]?.string else {
                    pending.append(.rejected(place, reason: "it has no `slug`"))
                    continue
                }
                if saved.updateValue(value, forKey: slug) == nil { order.append(slug) }
                slugs.insert(slug)
            }
        }
    }

    /// What an entry holds; nil where that cannot be taken, which is noted.
    private mutating func held(
        _ archive: ZipArchive, _ entry: ZipArchive.Entry
    ) throws(InterchangeError) -> [UInt8]? {
        if entry.isEncrypted {
            pending.append(.rejected(place, reason: "\(entry.name): it is encrypted"))
            return nil
        }
        let bytes = try archive.readAll()
        if let fault = archive.fault {
            pending.append(.rejected(place, reason: "\(entry.name): \(fault)"))
            return nil
        }
        heldBytes += bytes.count
        guard heldBytes <= Self.maximumHeldBytes else {
            pending.append(
                .rejected(
                    place, reason: "\(entry.name): there is more than \(Self.maximumHeldBytes) bytes of it"))
            return nil
        }
        return bytes
    }

    private mutating func note(_ step: ZipArchive.Step) {
        switch step {
        case .entry: break
        case .refused(let name, let reason): pending.append(.rejected(place, reason: "\(name): \(reason)"))
        case .broken(let reason):
            pending.append(.rejected(place, reason: "\(reason), so the rest could not be read"))
        }
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while pending.isEmpty {
            guard let step = try archive?.next() else {
                archive = nil
                // Those whose page the archive does not hold.
                guard let slug = order.popLast() else { return finish() }
                if saved[slug] != nil { pending = events(of: slug, html: nil).reversed() }
                continue
            }
            guard case .entry(let entry) = step, entry.name.hasPrefix("content/"), let archive else {
                continue
            }
            if entry.name.hasSuffix("/") { continue }
            let slug = Self.slug(of: entry.name)
            guard slugs.contains(slug) else {
                pending = [
                    .rejected(place, reason: "\(entry.name): the archive's metadata does not name this page")
                ]
                continue
            }
            let bytes = try archive.readAll()
            if let fault = archive.fault ?? (entry.isEncrypted ? "it is encrypted" : nil) {
                pending = events(of: slug, html: nil).reversed()
                pending.append(.rejected(place, reason: "\(entry.name): \(fault)"))
            } else {
                pending = events(of: slug, entry.name, bytes).reversed()
            }
        }
        return pending.popLast()
    }

    /// What an entry holds for a page: its text, or the file that was saved.
    private mutating func events(of slug: String, _ name: String, _ bytes: [UInt8]) -> [SourceEvent] {
        let isPage = [".html", ".htm", ".xhtml"].contains(where: name.lowercased().hasSuffix)
        if isPage {
            guard saved[slug] != nil else {
                return [.rejected(place, reason: "\(name): it is a second text of its page")]
            }
            let text = TextEncoding.decode(bytes, as: .html)
            return events(of: slug, html: String(decoding: text.utf8, as: UTF8.self))
        }
        let article = events(of: slug, html: nil)
        guard bytes.count <= SourceLimits.maximumFileBytes else {
            return article + [.rejected(place, reason: "\(name) is too long: \(bytes.count) bytes")]
        }
        var relations = SourceRelations()
        relations.parent = "slug:" + slug
        relations.file = .bytes(bytes)
        var facts = PartFacts()
        facts.producer = "omnivore"
        facts.foreignID = name
        let isPDF = bytes.starts(with: "%PDF-".utf8)
        do throws(Rejection) {
            return article + [
                .item(
                    try SourceItem.attachment(
                        name: AttachmentName.checked(name), mediaType: isPDF ? "application/pdf" : nil,
                        facts: facts, place: place, relations: relations))
            ]
        } catch { return article + [error.event(at: place)] }
    }

    private mutating func events(of slug: String, html: String?) -> [SourceEvent] {
        guard let value = saved.removeValue(forKey: slug) else { return [] }
        var relations = SourceRelations()
        relations.key = "slug:" + slug
        do throws(Rejection) {
            let article = try Omnivore.item(of: value, html: html, at: place, relations: relations)
            var events = [SourceEvent.item(article)]
            if let text = highlights.removeValue(forKey: slug) {
                events += OmnivoreHighlights(text).events(on: slug, parent: "slug:" + slug, at: place)
            }
            return events
        } catch { return [error.event(at: place)] }
    }

    /// Highlights of pages that no metadata names.
    private mutating func finish() -> SourceEvent? {
        guard let slug = highlights.keys.min() else { return nil }
        highlights[slug] = nil
        return .rejected(
            place, reason: "highlights/\(slug).md: the archive does not say which page it is about")
    }

    private var place: SourcePlace { SourcePlace(file: source.name, line: 1, byteOffset: 0) }

    private static func slug(of name: String) -> String {
        let file = name.drop { $0 != "/" }.dropFirst()
        return String(file.prefix(upTo: file.lastIndex(of: ".") ?? file.endIndex)).nfc
    }

    private static func isMetadata(_ name: String) -> Bool {
        name.hasPrefix("metadata_") && name.hasSuffix(".json")
    }

    static func isRecognised(_ start: SourceStart) -> Bool {
        start.raw.starts(with: "PK\u{3}\u{4}".utf8)
            && (ForeignFormat.contains(start.raw, "metadata_0_to_")
                || ForeignFormat.contains(start.raw, "highlights/")
                    && ForeignFormat.contains(start.raw, "content/"))
    }
}
