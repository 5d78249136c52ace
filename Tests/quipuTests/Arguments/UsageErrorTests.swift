import Testing

@testable import quipu

@Suite struct `Mistakes on a command line are answered` {
    @Test(arguments: [
        (["stauts"], "unknown command 'stauts'", "did you mean 'status'?"),
        (["st"], "unknown command 'st'", "did you mean 'status'?"),
        (["frobnicate"], "unknown command 'frobnicate'", "'quipu help' lists the commands"),
        (["remote", "ad"], "unknown command 'remote ad'", "did you mean 'remote add'?"),
        (["remote", "ls"], "unknown command 'remote ls'", "did you mean 'remote list'?"),
        (["help", "hepl"], "unknown command 'hepl'", "did you mean 'help'?"),
        (["--jsno", "status"], "unknown option '--jsno'", "did you mean '--json'?"),
        (
            ["import", "--fromat", "csv"], "unknown option '--fromat' for 'quipu import'",
            "did you mean '--format'?"
        ),
        (["import", "a", "-f", "cvs"], "-f does not know 'cvs'", "did you mean 'csv'?"),
        (
            ["import", "a", "-f", "wordperfect"], "-f does not know 'wordperfect'",
            "it takes one of: jsonl, csv, markdown"
        ),
        (["import", "a", "--format"], "--format needs a value", "write --format F"),
        (
            ["import", "--collection", "--json", "a"], "--collection needs a value",
            "write --collection NAME"
        ),
        (["status", "--json=yes"], "--json takes no value", "'quipu help status' shows what it takes"),
        (
            ["remote", "add", "a"], "'quipu remote add' needs URL|PATH",
            "usage: quipu remote add NAME URL|PATH"
        ),
        (["tag", "id"], "'quipu tag' needs ±TAG", "usage: quipu tag ID ±TAG…"),
        (["init", "a", "b"], "'quipu init' does not expect 'b'", "usage: quipu init [DIR] [--name NAME]"),
        (
            ["annotate", "id"], "'quipu annotate' needs --quote TEXT",
            "usage: quipu annotate ID --quote TEXT [--tag TAG]…"
        ),
    ])
    func `a mistake is named and answered with what to type`(_ words: [String], message: String, hint: String)
    {
        let refused = #expect(throws: UsageError.self) { try sample.parse(words) }
        #expect(refused?.message == message)
        #expect(refused?.hint == hint)
    }

    @Test func `a group without a command lists its commands`() {
        #expect(mistake("remote")?.hint == "one of: quipu remote add, quipu remote list")
    }

    @Test func `numbers are checked against their range`() throws {
        #expect(try run("serve", "--max-bytes", "7").0.integer("max-bytes") == 7)
        #expect(try run("serve").0.integer("max-bytes") == nil)
        for (text, complaint) in [
            ("many", "--max-bytes takes a whole number, not 'many'"),
            ("99999999999999999999", "--max-bytes takes a whole number, not '99999999999999999999'"),
            ("0", "--max-bytes must be at least 1, not 0"),
        ] {
            let values = try run("serve", "--max-bytes", text).0
            let refused = #expect(throws: UsageError.self) {
                try values.integer("max-bytes", in: 1...Int.max)
            }
            #expect(refused?.message == complaint)
        }
        let tooMany = try run("serve", "--max-bytes", "11").0
        let refused = #expect(throws: UsageError.self) { try tooMany.integer("max-bytes", in: 1...10) }
        #expect(refused?.message == "--max-bytes must be from 1 to 10, not 11")
    }

    @Test func `fields and values are split at the first equals sign`() throws {
        let pairs = try run("set", "id", "title=a=b", "body=").0.assignments("FIELD=VALUE")
        #expect(pairs.map(\.field) == ["title", "body"])
        #expect(pairs.map(\.value) == ["a=b", ""])
        for word in ["title", "=x"] {
            let values = try run("set", "id", word).0
            #expect(throws: UsageError.self) { try values.assignments("FIELD=VALUE") }
        }
    }

    @Test func `options can exclude and need each other`() throws {
        let both = try run("serve", "--tls-cert", "c", "--open").0
        let excluded = #expect(throws: UsageError.self) {
            try both.requireAtMostOne(of: ["tls-cert", "open"])
        }
        #expect(excluded?.message == "--tls-cert and --open exclude each other")
        let lonely = #expect(throws: UsageError.self) { try both.requireTogether(["tls-cert", "tls-key"]) }
        #expect(lonely?.message == "--tls-cert needs --tls-key as well")
        #expect(throws: Never.self) {
            let pair = try run("serve", "--tls-cert", "c", "--tls-key", "k").0
            try pair.requireTogether(["tls-cert", "tls-key"])
            try pair.requireAtMostOne(of: ["tls-cert", "open"])
        }
    }

    @Test func `arbitrary arguments are answered and never trap`() {
        let pieces = [
            "", "-", "--", "---", "-=", "--=", "=", "status", "tag", "remote", "add", "help", "--json", "-f",
            "--format=", "--version", "-h", "\u{0}", "\u{301}", "🧵", String(repeating: "é", count: 4_000),
        ]
        var generator = Linear(state: 7)
        for _ in 0..<5_000 {
            let words = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                pieces.randomElement(using: &generator)!
            }
            let answer = Result { try sample.parse(words) }
            if case .failure(let error) = answer {
                #expect(error is UsageError && !(error as! UsageError).message.isEmpty, "\(words)")
            }
        }
    }

    @Test func `a suggestion is similar to the word, or there is none`() {
        #expect(Suggestion.closest(to: "serach", among: ["search", "serve"]) == "search")
        #expect(Suggestion.closest(to: "x", among: ["search", "serve"]) == nil)
        #expect(Suggestion.closest(to: "", among: ["search"]) == nil)
        #expect(Suggestion.distance(Array("abcd".unicodeScalars), Array("acbd".unicodeScalars)) == 1)
        #expect(Suggestion.distance(Array("kitten".unicodeScalars), Array("sitting".unicodeScalars)) == 3)
    }
}

/// A generator that yields the same numbers in every run (Knuth's MMIX constants).
private struct Linear: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
