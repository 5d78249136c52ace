import Testing

@testable import quipu

@Suite struct `Command lines are parsed` {
    @Test(arguments: [
        ["import", "a.csv", "--format", "csv"], ["import", "a.csv", "--format=csv"],
        ["import", "-f", "csv", "a.csv"], ["import", "-f=csv", "a.csv"],
    ])
    func `an option is read in every way of writing it`(_ words: [String]) throws {
        guard case .run(let values, _) = try sample.parse(words) else { throw NotRun() }
        #expect(values.option("format") == "csv")
        #expect(values.argument("PATH|-") == "a.csv")
        #expect(values.option("collection") == nil)
    }

    @Test func `global options are accepted before and after the command`() throws {
        let before = try run("--archive", "/a", "--as=ana", "--json", "-q", "tag", "id", "+a").1
        let after = try run("tag", "--archive", "/a", "--as=ana", "--json", "-q", "id", "+a").1
        #expect(before == after)
        #expect(before.archive == "/a" && before.author == "ana" && before.json && before.quiet)
        let none = try run("status").1
        #expect(none.archive == nil && none.author == nil && !none.json && !none.quiet)
    }

    @Test func `two dashes end the options`() throws {
        #expect(try run("import", "--", "--json").0.argument("PATH|-") == "--json")
        #expect(try run("tag", "id", "--", "--odd", "--").0.arguments("±TAG") == ["--odd", "--"])
    }

    @Test func `a lone dash is an argument`() throws {
        #expect(try run("import", "-").0.argument("PATH|-") == "-")
    }

    @Test func `after the id of tag, one dash begins a tag to remove and two begin an option`() throws {
        let (values, globals) = try run("tag", "id", "+a", "-b", "--json", "-hq")
        #expect(values.arguments("±TAG") == ["+a", "-b", "-hq"])
        #expect(globals.json)
        #expect(mistake("tag", "-x", "id")?.message == "unknown option '-x' for 'quipu tag'")
        #expect(mistake("tag", "id", "--b")?.message == "unknown option '--b' for 'quipu tag'")
    }

    @Test(arguments: ["-q", "-h"])
    func `an option of one letter behind the id of tag is neither option nor tag without a word`(
        word: String
    ) throws {
        let refused = try #require(mistake("tag", "id", "+a", word))
        #expect(refused.message.hasPrefix("\(word) after an argument may be the option or a value"))
        #expect(refused.hint?.contains("quipu tag … -- \(word)") == true)
        #expect(try run("tag", "id", "+a", "--", word).0.arguments("±TAG") == ["+a", word])
        #expect(try run("tag", "-q", "id", "+a").1.quiet)
    }

    @Test func `a command in a group is called by both words`() throws {
        let (values, globals) = try run("remote", "--json", "add", "office", "https://a.example/x")
        #expect(values.declaration.name == "add")
        #expect(values.argument("NAME") == "office")
        #expect(values.argument("URL|PATH") == "https://a.example/x")
        #expect(globals.json)
    }

    @Test func `an optional argument may be left out and a repeated option keeps its order`() throws {
        #expect(try run("init").0.optionalArgument("DIR") == nil)
        #expect(try run("init", "press").0.optionalArgument("DIR") == "press")
        let (values, _) = try run("annotate", "id", "--tag", "b", "--quote", "-dash first", "--tag=a")
        #expect(values.options("tag") == ["b", "a"])
        #expect(values.requiredOption("quote") == "-dash first")
    }

    @Test func `an argument may be empty, and an option's value may not`() throws {
        #expect(mistake("init", "--name=")?.message == "--name is empty")
        #expect(mistake("init", "--name", "")?.message == "--name is empty")
        #expect(try run("init", "").0.optionalArgument("DIR") == "")
    }

    @Test func `the version option is accepted only before a command`() throws {
        guard case .version = try sample.parse(["--version"]) else { throw NotRun() }
        #expect(mistake("status", "--version")?.message == "unknown option '--version' for 'quipu status'")
    }

    @Test func `an equals sign with a combining mark still ends an option's name`() throws {
        #expect(try run("init", "--name=\u{338}x").0.option("name") == "\u{338}x")
        let pairs = try run("set", "id", "title=\u{338}x").0.assignments("FIELD=VALUE")
        #expect(pairs.map(\.field) == ["title"])
    }
}
