import QuipuDates
import Support
import Testing

@testable import QuipuStorage

/// What people type, taken apart.
@Suite struct QueryParserTests {
    private static func word(_ text: String) -> Query.Node { .words(.init(text: text)) }
    private static func filter(_ field: QueryField, _ value: String) -> Query.Node {
        .filter(.init(field: field, value: value))
    }

    @Test func `words and filters that stand side by side must all fit`() {
        #expect(
            Query("agua tag:river").root == .all([Self.word("agua"), Self.filter(.tag, "river")]))
        #expect(Query("agua AND tag:river").root == Query("agua tag:river").root)
        #expect(Query("agua").root == Self.word("agua"))
    }

    @Test func `OR binds more loosely than words side by side, and a minus more tightly`() {
        #expect(
            Query("a b OR -c d").root
                == .any([
                    .all([Self.word("a"), Self.word("b")]), .all([.not(Self.word("c")), Self.word("d")]),
                ]))
        #expect(
            Query("a (b OR c)").root
                == .all([Self.word("a"), .any([Self.word("b"), Self.word("c")])]))
        #expect(Query("NOT (a b)").root == .not(.all([Self.word("a"), Self.word("b")])))
        #expect(Query("--a").root == Self.word("a"))
    }

    @Test func `phrases, prefixes and quoted values keep what they hold`() {
        #expect(
            Query("\"forty OR (workers\"").root == .words(.init(text: "forty OR (workers", isPhrase: true)))
        #expect(Query("strik*").root == .words(.init(text: "strik", isPrefix: true)))
        #expect(
            Query("tag:\"a b\" -in:\"North, 2\"").root
                == .all([Self.filter(.tag, "a b"), .not(Self.filter(.in, "North, 2"))]))
    }

    @Test(arguments: [
        "https://en.wikipedia.org/wiki/Water_(river)", "http://example.org/a?tag:x=1",
        "10.1016/S0140-6736(05)67889-0",
    ])
    func `an address or a DOI is one word, whatever is in it`(text: String) {
        #expect(Query(text).root == Self.word(text))
        #expect(Query("(\(text))").root == Self.word(text))
        #expect(Query("url:\(text)").root == Self.filter(.url, text))
        #expect(Query(text).notes.isEmpty)
    }

    @Test func `a field is known by its other names, in any case`() {
        #expect(Query("Type:note LANGUAGE:es").root == Query("kind:note lang:es").root)
    }

    @Test(arguments: [
        ("(a", "a parenthesis is not closed"), ("a)", "closed that was not opened"), ("a OR", "behind an OR"),
        ("OR a", "before an OR"), ("a AND", "behind an AND"), ("()", "before a closing parenthesis"),
        ("a NOT", "behind a NOT"), ("\"a", "quotation mark is not closed"), ("tag: a", "has no value"),
    ])
    func `a query term that cannot be read is searched as words, and a note says why`(
        text: String, reason: String
    ) {
        let query = Query(text)
        #expect(
            query.notes.contains { $0.code == .notUnderstood && $0.message.contains(reason) },
            "\(query.notes)")
        #expect(text == "()" || !query.terms.isEmpty)
    }

    @Test func `a query term that cannot be read keeps its minus`() {
        #expect(Query("(a -b OR").root == .all([Self.word("a"), .not(Self.word("b"))]))
    }

    @Test func `an unknown field is searched as words, with the name that is near`() {
        let query = Query("auther:ruiz")
        #expect(query.root == Self.word("auther:ruiz"))
        #expect(query.notes.map(\.code) == [.unknownField])
        #expect(query.notes.first?.message.contains("'author:'") == true)
        #expect(Query("auther:").notes.map(\.code) == [.unknownField])
        for text in ["12:30", "note", "c++", ":b"] { #expect(Query(text).notes.isEmpty, "\(text)") }
    }

    @Test func `a query word without a letter or digit is left out, and a note says so`() {
        for text in ["::", "agua ::", "agua -::", "agua OR \":: !\""] {
            #expect(Query(text).notes.map(\.code) == [.notUnderstood], "\(text)")
        }
    }

    @Test func `a query's length, number of terms and depth are limited, and a note says so`() {
        let many = Query((1...200).map { "w\($0)" }.joined(separator: " "))
        #expect(many.terms.count == Query.maximumTerms)
        #expect(many.notes.map(\.code) == [.cutShort])
        #expect(Query(String(repeating: "é", count: 20_000)).notes.map(\.code) == [.cutShort])
        let depth = Query.maximumDepth
        func nested(_ depth: Int) -> Query {
            Query(String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth))
        }
        #expect(nested(depth).notes.isEmpty)
        #expect(nested(depth + 1).notes.map(\.code) == [.notUnderstood])
        #expect(nested(100_000).notes.map(\.code).contains(.notUnderstood) || !nested(100_000).notes.isEmpty)
        let cut = Query("(" + (1...100).map { "w\($0)" }.joined(separator: " OR ") + ")")
        #expect(cut.notes.map(\.code) == [.cutShort])
    }

    /// Whatever is typed is taken apart, and every term of it is a piece of the text.
    @Test func `every query text is parsed within the limits`() {
        var random = SplitMix64(seed: 14)
        let pieces = [
            "a", "b*", "\"", "(", ")", "-", " ", " OR ", " AND ", " NOT ", "tag:", "in:", "is:deleted",
            "before:",
            "2026-03", "..", ">=", "https://x.org/(", "10.1/", ":", "\0", "é", "e\u{301}", "水",
            "\u{1F3F3}\u{FE0F}",
            "*", "\\", "'", "x:y", "\u{301}", "\n",
        ]
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...24, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let query = Query(text)
            #expect(query.terms.count <= Query.maximumTerms)
            #expect(query.isBlank || query.root != nil || query.terms.isEmpty)
            #expect(Query(text) == query)
        }
    }

    @Test func `a query of any bytes is parsed`() {
        var random = SplitMix64(seed: 15)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = Query(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static let periods: [(text: String, first: String?, last: String?)] = [
        ("2026", "2026-01-01", "2026-12-31"), ("2026-02", "2026-02-01", "2026-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"), ("2026-03-04", "2026-03-04", "2026-03-04"),
        ("2025..2026-03", "2025-01-01", "2026-03-31"), (">=2026", "2026-01-01", nil),
        (">2026", "2027-01-01", nil),
        ("<2026", nil, "2025-12-31"), ("<=2026", nil, "2026-12-31"), ("2026..", "2026-01-01", nil),
        ("..2026-03-04", nil, "2026-03-04"),
    ]

    @Test func `days are named with any precision, as periods and by their ends`() {
        for (text, first, last) in Self.periods {
            let days = QueryDays(typed: text)
            #expect(days?.first == first.flatMap { CalendarDate.daysSince1970($0) }, "\(text)")
            #expect(days?.last == last.flatMap { CalendarDate.daysSince1970($0) }, "\(text)")
        }
    }

    @Test(arguments: ["", "..", "2026-13", "2026-02-30", "yesterday", ">", "2026..x", "20260304", "٢٠٢٦"])
    func `a text that does not name a period of days is refused`(text: String) {
        #expect(QueryDays(typed: text) == nil)
    }
}
