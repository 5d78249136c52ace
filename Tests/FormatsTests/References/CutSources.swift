import QuipuCanonicalJSON
import QuipuFormats
import Testing

/// Reads a sample cut at each place and with changed bytes.
enum CutSources {
    /// No cut crashes or hangs, and none invents an item: all but the last that a cut sample yields are items of the whole.
    static func check(_ sample: String, as format: SourceFormat) throws {
        let bytes = Array(sample.utf8)
        let whole = try Reading(bytes, as: format)
        let titles = whole.items.map { $0["title"] }
        let step = max(1, bytes.count / 120)
        for end in stride(from: 1, to: bytes.count, by: step) {
            guard let cut = try? Reading(Array(bytes[..<end]), as: format) else { continue }
            let articles = cut.items.count { $0.kind == "article" }
            #expect(articles <= whole.items.count { $0.kind == "article" }, "cut at \(end)")
            for item in cut.items.dropLast() where item.kind == "article" {
                #expect(titles.contains(item["title"]), "cut at \(end): \(item.texts["title"] ?? "")")
            }
            _ = try? Reading(Array(bytes[end...]), as: format)
        }
        for place in stride(from: 0, to: bytes.count, by: step * 2 + 1) {
            for replacement in Array("\u{0}\n{}\"\\@%<[,:-".utf8) + [0x80, 0xFF] {
                var changed = bytes
                changed[place] = replacement
                _ = try? Reading(changed, as: format)
            }
        }
    }
}

/// What an export writes of the items that were read, read again.
struct RoundTrip {
    let again: Reading
    let text: String
    let lost: [String: Int]

    init(_ items: [SourceItem], as format: SourceFormat) throws {
        var bytes: [UInt8] = []
        var writer: any RecordWriter
        switch format {
        case .ris: writer = RISWriter { bytes += $0 }
        case .csl: writer = CSLWriter { bytes += $0 }
        default: writer = BibLaTeXWriter { bytes += $0 }
        }
        for (number, item) in items.enumerated() {
            let hex = String(number + 1, radix: 16)
            let id = "01234567-89ab-8def-8123-" + String(repeating: "0", count: 12 - hex.count) + hex
            let tags = item.tags.map { (name: "tags/" + $0, value: Array("true".utf8)) }
            try writer.write(ExportRecord(id: id, kind: item.kind, fields: item.fields + tags))
        }
        try writer.finish()
        text = String(decoding: bytes, as: UTF8.self)
        lost = writer.lost
        again = try Reading(bytes, as: format)
    }

    /// What differs from the items, as `name: before, after`; tags without order, since a record has them as a set.
    func differences(from items: [SourceItem]) -> [String] {
        var differences: [String] = []
        if again.items.count != items.count { differences.append("\(items.count) items, \(again.items.count) again") }
        for (one, other) in zip(items, again.items) {
            let (before, after) = (one.texts, other.texts)
            for name in Set(before.keys).union(after.keys).sorted() where before[name] != after[name] {
                differences.append("\(name): \(before[name] ?? "-"), \(after[name] ?? "-")")
            }
            if one.tags.sorted() != other.tags.sorted() { differences.append("tags: \(one.tags), \(other.tags)") }
        }
        return differences
    }
}
