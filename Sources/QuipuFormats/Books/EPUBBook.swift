internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// A book of the files of its archive, by name.
struct EPUBBook {
    private let files: [String: [UInt8]]
    private let package: EPUBPackage
    /// Entries that are encrypted in whatever way; fonts are in most books, and are not read.
    private let encrypted: Set<String>

    init(_ files: [String: [UInt8]]) throws(Rejection) {
        self.files = files
        encrypted = try Self.encrypted(files)
        let named = try files["META-INF/container.xml"].flatMap { (bytes) throws(Rejection) in
            try Self.tree(bytes).document.all("rootfile").lazy.compactMap { $0.attribute("full-path") }.first
        }
        let path = named.flatMap { EntryName.resolved($0, in: "") }
        let first = files.keys.filter { $0.hasSuffix(".opf") }.sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }.first
        guard let name = path.flatMap({ files[$0] == nil ? nil : $0 }) ?? first, let bytes = files[name]
        else {
            throw Rejection("the book has no package file, which says what is in it")
        }
        if encrypted.contains(name) { throw Rejection("the book is encrypted") }
        package = EPUBPackage(try Self.tree(bytes), at: name)
    }

    private static func tree(_ bytes: [UInt8]) throws(Rejection) -> MarkupTree {
        do throws(MarkupFailure) {
            return try MarkupTree.xml(bytes)
        } catch {
            throw error.rejection
        }
    }

    private static func encrypted(_ files: [String: [UInt8]]) throws(Rejection) -> Set<String> {
        guard let bytes = files["META-INF/encryption.xml"] else { return [] }
        var names: Set<String> = []
        for data in try tree(bytes).document.all("EncryptedData") {
            for reference in data.all("CipherReference") {
                guard let address = reference.attribute("URI") else { continue }
                if let name = EntryName.resolved(EPUBPackage.unescaped(address), in: "") {
                    names.insert(name)
                }
            }
        }
        return names
    }

    /// Entries of the order of reading that the archive does not hold.
    var missingChapters: [String] { package.chapters.filter { files[$0.name] == nil }.map(\.name) }

    /// What else the order names, and is not taken.
    var remarks: [String] { package.remarks }

    func item(at place: SourcePlace) throws(Rejection) -> SourceItem {
        var members = package.members
        let body = try text
        if !SourceValue.isBlank(body) { members.append(JSONMember(name: "body", value: .string(body))) }
        var relations = SourceRelations()
        relations.key = "book"
        let hasID = members.contains { $0.name == "id" }
        return try ArticleMapping.item(
            from: members, place: place, producer: hasID ? "epub" : nil, relations: relations)
    }

    /// The chapters, each under a heading.
    private var text: String {
        get throws(Rejection) {
            var chapters: [String] = []
            var titles: Set<String> = []
            var length = 0
            for (name, isXHTML) in package.chapters {
                if encrypted.contains(name) {
                    throw Rejection("the book is encrypted (DRM): export it without encryption where you may")
                }
                guard let bytes = files[name] else { continue }
                if ByteOrderMark.unmarked(bytes.prefix(64)) == nil, !bytes.starts(with: [0xFF, 0xFE]),
                    !bytes.starts(with: [0xFE, 0xFF]), BinaryContent.isLikely(bytes.prefix(4_096))
                {
                    throw Rejection("\(name) is no text: the book is encrypted (DRM), or damaged")
                }
                let tree: MarkupTree
                do throws(MarkupFailure) {
                    tree = try MarkupTree.html(bytes, isXHTML: isXHTML)
                } catch {
                    throw Rejection("\(name): \(error.reason)")
                }
                var text = WhiteSpace.trimmed(
                    ReadingText.of(tree.document.first("body") ?? tree.document, base: nil))
                if SourceValue.isBlank(text) { continue }
                // A chapter without a heading has its name in its head.
                let title = tree.document.first("title").flatMap { SingleLine.of($0.text) }
                let hasHeading = text.hasPrefix("#") || text.contains("\n#")
                if let title, !hasHeading, title != package.title, titles.insert(title).inserted {
                    text = "# \(title)\n\n" + text
                }
                length += text.utf8.count
                guard length <= SourceLimits.maximumValueBytes else {
                    throw Rejection("the book's text is longer than \(SourceLimits.maximumValueBytes) bytes")
                }
                chapters.append(text)
            }
            return chapters.joined(separator: "\n\n")
        }
    }
}
