import Foundation
import Quipu
import Testing

/// What a client gives is taken as it is meant, or refused.
@Suite struct GivenValueTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let id: RecordID

    init() throws {
        (folder, archive, id) = try TemporaryFolder.press {
            $0.title = "Water"
            $0.tags = ["draft", "river"]
        }
    }

    private func code(_ body: () throws -> Void) -> QuipuError.Code? {
        #expect(throws: QuipuError.self) { try body() }?.code
    }

    private func fields() throws -> Fields { try #require(try archive.read { try $0.record(id) }).fields }

    @Test func `a set that is assigned to a field replaces its elements`() throws {
        try archive.write { t in try t.edit(id) { $0.tags = ["river", "flood"] } }
        #expect(try fields().tags == ["river", "flood"])
        let other = try archive.write { t in try t.add(.article) { $0.title = "Copy" } }
        let tags = try fields().tags
        try archive.write { t in try t.edit(other) { $0.tags = tags } }
        #expect(try archive.read { try $0.record(other)?.fields.tags } == tags)
        try archive.write { t in try t.edit(id) { $0.tags = [] } }
        #expect(try fields().tags.isEmpty)
    }

    @Test func `only a collection can have articles`() throws {
        #expect(
            code { try archive.write { t in try t.edit(id) { $0.collections.insert(id) } } } == .wrongType)
        #expect(try fields().collections.isEmpty)
    }

    @Test(arguments: [9_007_199_254_740_993, -9_007_199_254_740_993, .max, .min])
    func `an integer that would be rounded is refused`(number: Int) throws {
        #expect(
            code { try archive.write { t in try t.edit(id) { $0["x-n"] = Value(integerLiteral: number) } } }
                == .wrongType)
        try archive.write { t in try t.edit(id) { $0["x-n"] = 9_007_199_254_740_991 } }
        #expect(try fields()["x-n"] == 9_007_199_254_740_991)
    }

    @Test func `a good value after a bad one is written`() throws {
        try archive.write { t in
            try t.edit(id) {
                $0["x-n"] = .number(.nan)
                $0["x-n"] = 7
            }
        }
        #expect(try fields()["x-n"] == 7)
    }

    @Test func `a deeply nested value is refused`() throws {
        var value = Value.null
        for _ in 0..<5_000 { value = .array([value]) }
        let deep = value
        #expect(code { try archive.write { t in try t.edit(id) { $0["x-deep"] = deep } } } == .wrongType)
        #expect(try fields()["x-deep"] == nil)
    }

    @Test func `a record can be edited twice in one transaction as it was read`() throws {
        let record = try #require(try archive.read { try $0.record(id) })
        try archive.write { t in
            try t.edit(record) { $0.title = "one" }
            try t.edit(record) { $0.title = "two" }
        }
        #expect(try fields().title == "two")
    }

    @Test func `a source is read once`() throws {
        let text = Array(#"{"title":"High water"}"#.utf8)
        let source = try ImportSource(bytes: text, named: "clipboard", as: .jsonl)
        #expect(try archive.preview(source).report.createdRecords == 1)
        #expect(code { _ = try archive.importItems(of: source) } == .alreadyRead)
        #expect(code { _ = try source.preview() } == .alreadyRead)
        let again = try ImportSource(bytes: text, named: "clipboard", as: .jsonl)
        #expect(try archive.importItems(of: again).createdRecords == 1)
    }

    @Test func `an empty path or one with a NUL is refused`() throws {
        for path in ["", folder.path + "/x\0y"] {
            #expect(code { _ = try Archive.create(at: path, named: "x", as: "Ana") } == .badName)
            #expect(code { _ = try Archive.open(at: path, as: "Ana") } == .badName)
            #expect(code { _ = try archive.export(to: path, as: .site) } == .badName)
            #expect(code { try archive.backUp(to: path) } == .badName)
            #expect(code { _ = try archive.attach(path, to: id) } == .badName)
            #expect(code { _ = try archive.importFile(path) } == .badName)
            #expect(code { _ = try archive.addRemote("r", at: path) } == .badName)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/x"))
    }

    @Test func `an empty argument is refused`() throws {
        #expect(code { _ = try ImportSource(paths: []) } == .badName)
        #expect(code { _ = try archive.write { try $0.saveSearch("tag:river", as: "") } } == .badName)
        let path = folder.path + "/news.jsonl"
        try #"{"title":"Flood"}"#.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(code { _ = try archive.importFile(path, into: "") } == .badName)
        #expect(try archive.read { try $0.counts() } == [.article: 1])
        #expect(try archive.read { try $0.collectionNames(limit: 0) } == [])
    }

    @Test(arguments: ["   ", "Ana\u{202e}Ruiz", "Ana\u{2028}Ruiz"])
    func `a name that does not show as it is written is refused`(name: String) throws {
        #expect(code { _ = try archive.acting(as: name) } == .badName)
        #expect(code { try archive.write { t in _ = try t.add(.collection) { $0.name = name } } } == .badName)
        let isBlank = name.allSatisfy(\.isWhitespace)
        if !isBlank {
            let tokens = AccessTokens(of: archive)
            #expect(code { _ = try tokens.add(.reader, for: "press", label: name) } == .badName)
        }
    }

    @Test func `a token is for an archive that is served`() throws {
        let tokens = AccessTokens(of: archive)
        #expect(code { _ = try tokens.add(.reader, for: "") } == .badName)
        #expect(code { _ = try tokens.add(.reader, for: "other") } == .noSuchArchive)
        #expect(
            code { _ = try tokens.add(.reader, for: "press", label: String(repeating: "x", count: 300)) }
                == .badName)
        #expect(try tokens.list().isEmpty)
    }

    @Test func `an empty name of a field is no field, and an empty path names nothing`() throws {
        #expect(code { try archive.write { t in try t.edit(id) { $0[""] = 1 } } } == .unknownField)
        #expect(code { try archive.createBundle(at: "") } == .badName)
        #expect(code { _ = try Archive.create(at: "", named: "press", as: "Ana Ruiz") } == .badName)
        #expect(code { try archive.backUp(to: "") } == .badName)
        #expect(code { _ = try archive.export(to: "", as: .site) } == .badName)
    }

    @Test
    func
        `the log keeps 200 bytes of the words of an edit, cut at a whole character, and says that it cut them`()
        throws
    {
        for words in [String(repeating: "high water ", count: 30), String(repeating: "é", count: 150)] {
            try archive.write(words) { t in try t.edit(id) { $0["x-n"] = .number(Double(words.utf8.count)) } }
            let kept = try #require(try archive.read { try $0.lastOwnEntry()?.words })
            #expect(kept.utf8.count <= 200 && kept.utf8.count > 190 && kept.hasSuffix("…"), "\(kept)")
            #expect(words.hasPrefix(kept.dropLast()))
        }
    }

    @Test func `a refused value says what the field takes, without the syntax of a command`() throws {
        func refusal(_ name: String, _ value: Value) -> QuipuError? {
            #expect(throws: QuipuError.self) {
                try archive.write { t in try t.edit(id) { $0[name] = value } }
            }
        }
        for (name, value) in [
            ("title", 1), ("author", 1), ("date", "soon"), ("url", "example.org/a"), ("language", "english"),
            ("doi", "none"), ("tags", "river"), ("x-", 1),
        ] as [(String, Value)] {
            let error = refusal(name, value)
            #expect(error?.hint?.contains("=") != true, "\(name): \(error?.hint ?? "")")
            #expect(error?.hint?.contains("quipu ") != true, "\(name): \(error?.hint ?? "")")
        }
        #expect(refusal("url", "example.org/a")?.hint == "did you mean: https://example.org/a")
        #expect(refusal("title", 1)?.message == "'title' takes text")
    }

    @Test(arguments: [
        \ServerOptions.requestsPerSecond, \.maximumConnections, \.maximumConnectionsPerAddress,
        \.timeoutSeconds,
        \.maximumWatchers, \.quotaBytes,
    ])
    func `a server refuses a number that it cannot work with`(
        option: any WritableKeyPath<ServerOptions, Int?> & Sendable
    ) throws {
        for number in [-5, Int.min] + (option == \ServerOptions.quotaBytes ? [0] : [.max]) {
            var options = ServerOptions()
            try options.listen(at: "127.0.0.1:0")
            options[keyPath: option] = number
            #expect(code { _ = try Server(archive, options) } == .badOption, "\(number)")
        }
    }

    @Test func `a server refuses a heartbeat and a memory that it cannot work with`() throws {
        for number in [-5, 0, .max] {
            var options = ServerOptions()
            try options.listen(at: "127.0.0.1:0")
            options.heartbeatSeconds = number
            #expect(code { _ = try Server(archive, options) } == .badOption)
            options = ServerOptions()
            options.requestMemoryBytes = min(number, 0)
            #expect(code { _ = try Server(archive, options) } == .badOption)
        }
    }

    @Test(arguments: ["x-a\0b", "x-a\tb", "x-\u{7F}"])
    func `a field gets no name with a character that nobody sees`(name: String) throws {
        #expect(code { try archive.write { t in try t.edit(id) { $0[name] = 1 } } } == .unknownField)
        let line = Array(#"{"title":"Imported","x-a\u0000b":1}"#.utf8)
        let source = try ImportSource(bytes: line, named: "clipboard", as: .jsonl)
        #expect(try archive.importItems(of: source).createdRecords == 1)
        // What an import brought can be taken away.
        let found = try archive.read { try $0.records().first { $0.fields["x-a\0b"] != nil } }
        let imported = try #require(found)
        try archive.write { t in try t.edit(imported) { $0["x-a\0b"] = nil } }
        let left = try #require(try archive.read { try $0.record(imported.id) })
        #expect(left.fields["x-a\0b"] == nil)
    }
}
