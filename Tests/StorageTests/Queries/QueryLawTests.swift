import QuipuCausality
import QuipuDates
import QuipuNaturalKeys
import QuipuTextFolding
import Support
import Testing

@testable import QuipuStorage

/// A query finds exactly what a look at every record finds.
@Suite struct QueryLawTests {
    private typealias Predicate = (NaiveRecord) -> Bool

    /// A random query, and the same as a function.
    private struct Maker {
        var random: SplitMix64

        mutating func pick<Element>(_ all: [Element]) -> Element {
            all[Int.random(in: 0..<all.count, using: &random)]
        }

        mutating func query(_ depth: Int) -> (text: String, fits: Predicate) {
            switch depth == 0 ? 0 : Int.random(in: 0..<6, using: &random) {
            case 1:
                let (one, other) = (query(depth - 1), query(depth - 1))
                return ("(\(one.text) \(other.text))", { one.fits($0) && other.fits($0) })
            case 2:
                let (one, other) = (query(depth - 1), query(depth - 1))
                return ("(\(one.text) OR \(other.text))", { one.fits($0) || other.fits($0) })
            case 3:
                let one = query(depth - 1)
                return ("-\(one.text)", { !one.fits($0) })
            default: return term()
            }
        }

        private mutating func term() -> (text: String, fits: Predicate) {
            switch Int.random(in: 0..<15, using: &random) {
            case 0, 1, 2: return words()
            case 3:
                let kind = pick(["article", "note", "annotation", "collection"])
                return ("kind:\(kind)", { $0.record.kind == kind })
            case 4:
                let tag = pick(QueryScene.tags)
                let wanted = Self.folded(tag)
                return ("tag:\"\(tag)\"", { $0.record.tags.contains { Self.folded($0) == wanted } })
            case 5:
                let (number, name) = pick([(1, "Press"), (2, "rio")])
                let id = RecordID(rawValue: UInt128(number)).text
                return ("in:\(name)", { $0.record.elements(of: "collections").contains(id) })
            case 6:
                let name = pick(["ruiz", "lee", "nanez", "dora"])
                return (
                    "author:\(name)",
                    { record in
                        RecordCard.authors(record.record["author"]).contains {
                            Self.folded($0).contains(name)
                        }
                    }
                )
            case 7:
                let word = pick(QueryScene.words)
                let wanted = Self.folded(word)
                return (
                    "title:\(word)",
                    { record in
                        let title = record.record.string("title") ?? record.record.string("name") ?? ""
                        return Self.holds(Self.folded(title), wanted)
                    }
                )
            case 8:
                let language = pick(["es", "pt", "PT-br"])
                return (
                    "lang:\(language)",
                    { record in
                        let value = (record.record.string("language") ?? "").lowercased()
                        return value == language.lowercased() || value.hasPrefix(language.lowercased() + "-")
                    }
                )
            case 9: return dated()
            case 10:
                let (typed, start) = pick([
                    ("example.org", "org.example"), ("news.example.org", "org.example.news"),
                    ("https://example.org/a", "org.example/a"), ("example.com/a", "com.example/a"),
                ])
                return (
                    "url:\(typed)",
                    { record in
                        guard let url = record.record.string("url"), let key = AddressKey(url: url)?.text
                        else { return false }
                        return key == start || key.hasPrefix(start + ".") || key.hasPrefix(start + "/")
                            || key.hasPrefix(start + "?")
                    }
                )
            case 11:
                let (typed, start) = pick([
                    ("10.1000", "10.1000/"), ("10.1000/182", "10.1000/182"), ("10.77/a", "10.77/a"),
                ])
                return (
                    "doi:\(typed)", { ($0.record.string("doi") ?? "").lowercased().hasPrefix(start) }
                )
            case 12:
                let (typed, names) = pick([("ana", ["ana"]), ("lee", ["Bo Lee"]), ("ben", ["ben"])])
                return ("by:\(typed)", { names.contains($0.editor) })
            case 13:
                let what = pick(["conflict", "annotation", "note", "attachment"])
                return (
                    "has:\(what)",
                    { record in
                        what == "conflict"
                            ? record.record.isInConflict : record.hangs.contains { $0.kind == what }
                    }
                )
            default:
                let state = pick(["orphaned", "unsettled", "deleted"])
                return (
                    "is:\(state)",
                    { record in
                        switch state {
                        case "deleted": record.record.isDeleted
                        case "orphaned": record.isOrphaned
                        default: record.record.isInConflict || record.hangs.contains { $0.isInConflict }
                        }
                    }
                )
            }
        }

        private mutating func words() -> (text: String, fits: Predicate) {
            let typed = pick(["agua", "rio", "STRASSE", "mill", "水", "水車", "nañez", "agua mill"])
            let wanted = Self.folded(typed)
            let isOfPairs = typed.contains("水")
            if typed.contains(" ") {
                return ("\"\(typed)\"", { $0.parts.contains { Self.holds($0, wanted) } })
            }
            if Bool.random(using: &random), !isOfPairs {
                let start = String(wanted[0].dropLast(2))
                return ("\(start)*", { $0.parts.contains { $0.contains { $0.hasPrefix(start) } } })
            }
            // A letter of a script without spaces is found wherever it stands.
            if typed == "水" { return (typed, { $0.parts.contains { $0.contains { $0.hasPrefix("水") } } }) }
            return (typed, { $0.parts.contains { $0.contains(wanted[0]) } })
        }

        private mutating func dated() -> (text: String, fits: Predicate) {
            let (text, first, last): (String, String?, String?) = pick([
                ("before:2025", nil, "2024-12-31"), ("after:2025-03-04", "2025-03-05", nil),
                ("after:2024", "2025-01-01", nil), ("date:2025-03", "2025-03-01", "2025-03-31"),
                ("date:2024..2025", "2024-01-01", "2025-12-31"), ("date:>=2026", "2026-01-01", nil),
                ("before:2026-01-01", nil, "2025-12-31"),
            ])
            let (start, end) = (
                first.flatMap { CalendarDate.daysSince1970($0) },
                last.flatMap { CalendarDate.daysSince1970($0) }
            )
            return (
                text,
                { record in
                    guard let days = record.record.string("date").flatMap({ QueryDays.period($0) }) else {
                        return false
                    }
                    return (start.map { days.lowerBound >= $0 } ?? true)
                        && (end.map { days.upperBound <= $0 } ?? true)
                }
            )
        }

        static func folded(_ text: String) -> [String] {
            var folder = WordFolder()
            return folder.split(text)
        }

        static func holds(_ words: [String], _ wanted: [String]) -> Bool {
            // The end of a run may go on in the text.
            var wanted = wanted
            if wanted.count > 1, wanted[wanted.count - 2].unicodeScalars.count == 2,
                wanted.last?.unicodeScalars.count == 1
            {
                wanted.removeLast()
            }
            guard words.count >= wanted.count else { return false }
            return (0...words.count - wanted.count).contains {
                Array(words[$0..<$0 + wanted.count]) == wanted
            }
        }
    }

    @Test(arguments: RandomSeeds.first(12))
    func `a query finds the same records as a scan of every record`(seed: Int) throws {
        let scene = try QueryScene(seed: UInt64(seed))
        let records = try NaiveRecord.all(in: scene.store)
        var maker = Maker(random: SplitMix64(seed: UInt64(seed) << 8))
        for _ in 0..<150 {
            let (text, fits) = maker.query(3)
            let asksForDeleted = text.contains("is:deleted")
            let expected = records.filter { (asksForDeleted || !$0.record.isDeleted) && fits($0) }.map(
                \.record.id)
            let found = try QueryScene.found(text, in: scene.store)
            #expect(found == Set(expected), "seed \(seed): \(text)")
            let page = try scene.store.queries.page(Query(text), limit: 3)
            #expect(
                page.total == expected.count && page.hits.count == min(3, expected.count),
                "seed \(seed): \(text)")
        }
    }

    @Test(arguments: RandomSeeds.first(4))
    func `every order lists the same records, each once, and its pages follow each other`(seed: Int) throws {
        let scene = try QueryScene(seed: UInt64(seed))
        for text in ["", "agua", "kind:article -tag:river", "agua OR tag:river", "-agua"] {
            let expected = try QueryScene.found(text, in: scene.store)
            for key in RecordOrder.Key.allCases {
                for isReversed in [false, true] where key != .relevance || !isReversed {
                    let order = RecordOrder(key, isReversed: isReversed)
                    let all = try scene.store.queries.page(Query(text), order: order, limit: nil).hits.map(
                        \.record.id)
                    #expect(Set(all) == expected && all.count == expected.count, "\(text) by \(order)")
                    var paged: [RecordID] = []
                    for offset in stride(from: 0, to: all.count + 3, by: 3) {
                        paged += try scene.store.queries.page(
                            Query(text), order: order, offset: offset, limit: 3
                        )
                        .hits.map(\.record.id)
                    }
                    #expect(key == .relevance ? Set(paged) == expected : paged == all, "\(text) by \(order)")
                }
            }
        }
    }

    @Test(arguments: RandomSeeds.first(4))
    func `a rebuilt index answers queries as the maintained one did`(seed: Int) throws {
        let scene = try QueryScene(seed: UInt64(seed))
        let queries = [
            "author:ruiz", "lang:pt", "before:2026", "is:orphaned", "has:note", "by:ana", "title:mill",
        ]
        let kept = try queries.map { try QueryScene.found($0, in: scene.store) }
        scene.store.archive.cardIndex.forget()
        #expect(try queries.map { try QueryScene.found($0, in: scene.store) } == kept)
    }
}
