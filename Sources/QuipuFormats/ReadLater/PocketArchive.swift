/// An export of Pocket as it wrote it: a ZIP archive of tables `part_….csv`, and of `annotations/part_….json`.
struct PocketArchive: SourceReader {
    let formatName = "an export of Pocket"

    private let source: ByteSource
    private var archive: ZipArchive?
    private var reader: (any SourceReader)?
    /// How many files were read, and how many of another kind are in it.
    private var (read, others) = (0, 0)

    init(_ source: ByteSource) throws(InterchangeError) {
        self.source = source
        archive = try ZipArchive(source)
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while true {
            if let event = try reader?.next() { return event }
            reader = nil
            guard let archive else { return nil }
            switch try archive.next() {
            case nil:
                self.archive = nil
                if read == 0 {
                    return .rejected(
                        place, reason: archive.fault ?? "it holds no table and no passages of Pocket")
                }
                if others == 0 { return nil }
                return .remark(
                    place,
                    others == 1
                        ? "1 file in it, a collection perhaps, was passed over"
                        : "\(others) files in it, collections perhaps, were passed over")
            case .refused(let name, let reason)?: return .rejected(place, reason: "\(name): \(reason)")
            case .broken(let reason)?:
                self.archive = nil
                return .rejected(place, reason: "\(reason), so the rest could not be read")
            case .entry(let entry)?:
                let isTable = entry.name.hasSuffix(".csv")
                guard isTable || entry.name.contains("annotations/") && entry.name.hasSuffix(".json") else {
                    others += 1
                    continue
                }
                read += 1
                let bytes = try archive.readAll()
                if let fault = archive.fault ?? (entry.isEncrypted ? "it is encrypted" : nil) {
                    return .rejected(place, reason: "\(entry.name): \(fault)")
                }
                do throws(InterchangeError) {
                    let part = ByteSource(bytes: bytes, name: source.name)
                    if isTable {
                        reader = try ServiceTableReader(part, [.pocket])
                    } else {
                        reader = try PocketAnnotations.reader(part)
                    }
                } catch { return .rejected(place, reason: "\(entry.name): \(error.message)") }
            }
        }
    }

    private var place: SourcePlace { SourcePlace(file: source.name, line: 1, byteOffset: 0) }

    static func isRecognised(_ start: SourceStart) -> Bool {
        start.raw.starts(with: "PK\u{3}\u{4}".utf8)
            && (ForeignFormat.contains(start.raw, "part_000000.csv")
                || ForeignFormat.contains(start.raw, "annotations/part_0"))
    }
}
