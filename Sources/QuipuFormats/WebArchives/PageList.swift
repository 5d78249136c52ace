internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Which captures of a WACZ file are pages: `pages/pages.jsonl`, an object a line with `url`, `title`, `ts`.
struct PageList {
    struct Page {
        let address: String
        let title: String?
        /// Whether the list has what the page says.
        let hasText: Bool
    }

    static let maximumPages = 200_000
    static let maximumLineBytes = 4 << 20

    private var pages: [String: Page] = [:]
    /// The keys of listed pages by those of the addresses where they are: a listed address may redirect.
    private var places: [String: String] = [:]
    private(set) var isCut = false
    private(set) var wrongLines = 0

    var count: Int { pages.count }

    /// Reads one file of pages; its first line says what it is.
    mutating func read(_ stream: any ByteStream) throws(InterchangeError) {
        let lines = BufferedStream(stream)
        while let line = try lines.line(maximumBytes: Self.maximumLineBytes) {
            if HeaderFields.trimmed(line[...]).isEmpty { continue }
            guard let value = try? JSONParser(options: .bigNumbersAsStrings).parse(line[...]),
                value.members != nil
            else {
                wrongLines += 1
                continue
            }
            guard let address = value["url"]?.string, !address.isEmpty, address.utf8.count <= 16_384 else {
                if value["format"] == nil { wrongLines += 1 }
                continue
            }
            if pages.count == Self.maximumPages {
                isCut = true
                return
            }
            let title = value["title"]?.string.flatMap { SourceValue.isBlank($0) ? nil : $0 }
            let key = Self.key(address)
            if pages[key] == nil {
                let hasText = value["text"]?.string.map { !SourceValue.isBlank($0) } ?? false
                pages[key] = Page(address: address, title: title == address ? nil : title, hasText: hasText)
            }
        }
    }

    func contains(_ address: String) -> Bool { page(address) != nil }

    func page(_ address: String) -> Page? { keyOfListed(address).flatMap { pages[$0] } }

    /// The key of the listed page that is at this address.
    func keyOfListed(_ address: String) -> String? {
        let key = Self.key(address)
        return pages[key] != nil ? key : places[key]
    }

    /// Takes down that a listed page, if it is one, is at another address.
    mutating func add(_ place: String, as address: String) {
        guard let listed = keyOfListed(address), places.count < Self.maximumPages else { return }
        let key = Self.key(place)
        if pages[key] == nil { places[key] = listed }
    }

    /// Only the pages that are not among `found` and are elsewhere; nil where there is none.
    func elsewhere(_ found: Set<String>) -> PageList? {
        var list = PageList()
        list.places = places.filter { !found.contains($0.value) }
        for key in Set(list.places.values) { list.pages[key] = pages[key] }
        return list.pages.isEmpty ? nil : list
    }

    /// Those that are not among `found`, in the order of their addresses.
    func missing(_ found: Set<String>) -> [Page] {
        pages.filter { !found.contains($0.key) }.map(\.value).sorted {
            $0.address.utf8.lexicographicallyPrecedes($1.address.utf8)
        }
    }

    /// What two addresses of one page have in common.
    static func key(_ address: String) -> String {
        let address = address.prefix { $0 != "#" }
        return CanonicalURL.canonicalize(String(address)) ?? String(address)
    }
}
