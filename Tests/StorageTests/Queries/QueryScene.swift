import QuipuCanonicalJSON
import QuipuCausality
import QuipuNaturalKeys
import QuipuTextFolding
import Support

@testable import QuipuStorage

/// An archive with some of everything that a query can ask for, and a plain account of what it holds.
struct QueryScene {
    static let words = ["agua", "río", "Straße", "mill", "水車", "Ñáñez"]
    static let tags = ["river", "Água", "mill town", "river bank"]
    static let authors = ["Ana Ruiz", "Bo Lee", "Ñáñez, Cy"]
    static let dates = ["2024", "2025-03", "2025-03-04", "2026-01-01T05:06:07Z", "1999-12-31"]
    static let languages = ["es", "pt-BR", "pt", "qu"]
    static let urls = [
        "https://www.example.org/a/b", "http://news.example.org/", "https://example.com/a?x=1",
    ]
    static let dois = ["10.1000/182", "10.1000/7", "10.77/A"]

    let group: Replicas
    var store: Store { group[0] }

    init(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        group = try Replicas(2, seed: seed)
        func text(_ value: String) -> String { String(decoding: canonicalString(value), as: UTF8.self) }
        func prose() -> String {
            (0..<Int.random(in: 1...6, using: &random)).map { _ in
                Self.words.randomElement(using: &random) ?? ""
            }
            .joined(separator: " ")
        }
        func maybe(_ chance: Int = 2) -> Bool { Int.random(in: 0..<chance, using: &random) == 0 }
        for (number, name) in ["Press", "Río"].enumerated() {
            try group.add([("name", text(name))], kind: "collection", id: UInt128(1 + number), at: 0)
        }
        for number in 0..<14 {
            var fields = [("title", text(prose()))]
            if maybe() { fields.append(("body", text(prose()))) }
            if let author = Self.authors.randomElement(using: &random) {
                fields.append(("author", maybe() ? text(author) : "[\(text(author)),\(text("Dora"))]"))
            }
            if maybe(), let date = Self.dates.randomElement(using: &random) {
                fields.append(("date", text(date)))
            }
            if maybe(), let tag = Self.languages.randomElement(using: &random) {
                fields.append(("language", text(tag)))
            }
            if maybe(), let url = Self.urls.randomElement(using: &random) {
                fields.append(("url", text(url)))
            }
            if maybe(3), let doi = Self.dois.randomElement(using: &random) {
                fields.append(("doi", text(doi)))
            }
            for tag in Self.tags where maybe(3) { fields.append(("tags/\(tag)", "true")) }
            for number in 1...2 where maybe() {
                fields.append(("collections/\(RecordID(rawValue: UInt128(number)).text)", "true"))
            }
            group.world.advance(milliseconds: 86_400_000)
            try group.add(fields, id: UInt128(100 + number), at: 0, author: maybe() ? "ana" : "Bo Lee")
        }
        for number in 0..<10 {
            let target = RecordID(rawValue: UInt128(100 + Int.random(in: 0..<16, using: &random)))
            let kind = ["annotation", "note", "attachment"].randomElement(using: &random) ?? "note"
            var fields = [("target", text(target.text))]
            fields.append((kind == "attachment" ? "name" : "text", text(prose())))
            if kind == "annotation", maybe() {
                let quote = maybe() ? Self.words.randomElement(using: &random) ?? "" : "nowhere at all"
                fields.append(("quote", "{\"exact\":\(text(quote)),\"prefix\":\"\",\"suffix\":\"\"}"))
            }
            if maybe() { fields.append(("tags/river", "true")) }
            try group.add(fields, kind: kind, id: UInt128(200 + number), at: 0)
        }
        try group.syncAll()
        // The indexes have seen all so far, and must follow what comes.
        if maybe() { _ = try QueryScene.found("agua author:ana", in: store) }
        for number in 0..<14 where maybe(3) {
            try group.add([("title", text(prose()))], id: UInt128(100 + number), at: 0, author: "ana")
            if maybe() {
                try group.add([("title", text(prose()))], id: UInt128(100 + number), at: 1, author: "ben")
            }
        }
        for number in 0..<24 where maybe(6) {
            let id = RecordID(rawValue: UInt128(number < 14 ? 100 + number : 186 + number))
            guard let kind = try store.kind(of: id) else { continue }
            _ = try store.delete(id, kind: kind, author: "ana")
        }
        try group.syncAll()
    }

    static func found(_ text: String, in store: Store) throws -> Set<RecordID> {
        Set(try store.queries.ids(Query(text)).ids.map(\.id))
    }
}

extension Store {
    fileprivate func kind(of id: RecordID) throws -> String? {
        for kind in Kinds.known.names where try view(id, kind: kind)?.isDeleted == false { return kind }
        return nil
    }
}

/// A record as a naive search sees it: everything is read and compared.
struct NaiveRecord {
    let record: Record
    let parts: [[String]]
    let editor: String
    let changedDay: Int64
    let hangs: [Record]
    let isOrphaned: Bool

    static func all(in store: Store) throws -> [NaiveRecord] {
        var filter = RecordFilter()
        filter.includesDeleted = true
        var records: [Record] = []
        try store.forEachRecord(filter) {
            records.append($0)
            return true
        }
        return try records.map { record in
            var folder = WordFolder()
            let state = try store.archive.recordStates.record(row: record.row)
            let entry = try store.log.history(of: record).first { $0.version == record.version }
            let target = record.string("target").flatMap { id in records.first { $0.id.text == id } }
            return NaiveRecord(
                record: record,
                parts: SearchableText(of: state).parts.map { folder.split($0.text) },
                editor: entry?.author ?? "", changedDay: (entry?.timeMilliseconds ?? 0) / 86_400_000,
                hangs: records.filter { $0.string("target") == record.id.text && !$0.isDeleted },
                isOrphaned: Self.isOrphaned(record, on: target))
        }
    }

    private static func isOrphaned(_ record: Record, on target: Record?) -> Bool {
        guard record.string("target") != nil else { return false }
        guard let target, !target.isDeleted else { return true }
        guard let quote = record["quote"], let exact = (try? JSONParser().parse(quote))?["exact"]?.string
        else { return false }
        return !(target.string("body") ?? "").contains(exact)
    }
}

extension WordFolder {
    mutating func split(_ text: String) -> [String] {
        var bytes: [UInt8] = []
        append(wordsOf: text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self).split(separator: " ").map(String.init)
    }
}
