internal import QuipuCanonicalJSON

/// The texts that the lists of a WACZ file have of some of its pages (`text` in `pages.jsonl`), one in memory at a time.
struct PageTexts {
    private let archive: ZipArchive
    /// The keys of pages whose text was not told yet.
    private var wanted: Set<String>
    private var lines: BufferedStream?

    init(of pages: [PageList.Page], in archive: ZipArchive) {
        self.archive = archive
        wanted = Set(pages.map { PageList.key($0.address) })
    }

    /// The next text as an article; nil at the end.
    mutating func next(at place: SourcePlace) throws(InterchangeError) -> SourceEvent? {
        while !wanted.isEmpty {
            guard let line = try lines?.line(maximumBytes: PageList.maximumLineBytes) else {
                guard try nextList() else { return nil }
                continue
            }
            guard let value = try? JSONParser(options: .bigNumbersAsStrings).parse(line[...]),
                let address = value["url"]?.string, let text = value["text"]?.string,
                !SourceValue.isBlank(text), wanted.remove(PageList.key(address)) != nil
            else { continue }
            var page = CapturedPage(
                address: address, capturedAt: value["ts"]?.string, body: Array(text.utf8), encoding: "utf-8",
                mediaType: "text/plain", fault: nil)
            page.title = value["title"]?.string.flatMap {
                $0 == address || SourceValue.isBlank($0) ? nil : $0
            }
            do throws(Rejection) { return .item(try page.textItem(at: place)) } catch {
                return .rejected(place, reason: "the text of \(address.prefix(200)): \(error.reason)")
            }
        }
        return nil
    }

    /// - Returns: false where there is no further list.
    private mutating func nextList() throws(InterchangeError) -> Bool {
        lines = nil
        while let step = try archive.next() {
            switch step {
            case .entry(let entry) where WACZReader.isList(entry.name):
                lines = BufferedStream(archive)
                return true
            case .broken: return false
            default: continue
            }
        }
        return false
    }
}
