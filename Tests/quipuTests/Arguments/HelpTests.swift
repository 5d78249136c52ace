import Testing

@testable import quipu

@Suite struct `Help is shown` {
    @Test func `help shows a command's arguments, its options and an example`() throws {
        #expect(
            try help("help", "import") == """
                Import articles from a file.

                Usage: quipu import PATH|- [--format F] [--collection NAME]

                Arguments:
                  PATH|-  the file, or - for standard input

                Options:
                  -f, --format F     the file's format; else by its name (jsonl, csv, markdown)
                  --collection NAME  the collection that they join

                Everywhere:
                  --archive PATH  the archive's folder; else $QUIPU_ARCHIVE, else the nearest
                                  .quipu upwards
                  --as NAME       who makes the edits; else $QUIPU_AUTHOR, the setting 'author',
                                  or the login name
                  --json          print JSON: one object, or one per line in listings
                  -q, --quiet     print results and errors only, no progress and no advice
                  --color WHEN    when to use colours; by default on a terminal (auto, always,
                                  never)
                  --utc           show times in UTC, not in local time
                  --no-pager      print also what is longer than the screen directly
                  -h, --help      show this help

                Example:
                  quipu import articles.jsonl --collection Press
                """)
    }

    @Test(arguments: [
        ["import", "--help"], ["--help", "import"], ["import", "-h"], ["import", "--wrong", "--help"],
        ["import", "a", "b", "--help"], ["-h", "import"],
    ])
    func `help is shown wherever it is requested, even beside other mistakes`(_ words: [String]) throws {
        guard case .help(let text) = try sample.parse(words) else { throw NotRun() }
        #expect(text == (try help("help", "import")))
    }

    @Test(arguments: [[], ["help"], ["--help"], ["-h"], ["help", "help"], ["help", "--json"]])
    func `help without a command lists all commands`(_ words: [String]) throws {
        guard case .help(let text) = try sample.parse(words) else { throw NotRun() }
        for entry in sample.entries { #expect(text.contains("  \(entry.name) ")) }
        #expect(text.contains("Share:\n  remote"))
    }

    @Test func `help covers groups and the commands in them`() throws {
        let group = try help("help", "remote")
        #expect(group == (try help("remote", "--help")))
        #expect(group == (try help("remote", "-h")))
        #expect(group.contains("  add NAME URL|PATH  remember a remote"))
        let command = try help("help", "remote", "add")
        #expect(command == (try help("remote", "add", "--help")))
        #expect(command.contains("Usage: quipu remote add NAME URL|PATH"))
    }

    @Test func `lines of one paragraph are joined, and lines that begin with a dash stay separate`() {
        #expect(
            HelpLayout.paragraphs("One line\nand its rest.\n- A point\n- another\n\nThe end.", width: 16)
                == ["One line and its", "rest.", "- A point", "- another", "", "The end."])
    }

    @Test func `a line never breaks within an option and its value`() {
        #expect(
            HelpLayout.fold(["Usage:", "[--listen HOST:PORT]", "[--log FILE]"], indent: 7, width: 30)
                == ["Usage: [--listen HOST:PORT]", "       [--log FILE]"])
    }

    @Test func `help folds its lines at the given width`() throws {
        guard case .help(let text) = try sample.parse(["help", "import"], width: 50) else { throw NotRun() }
        let folded = text.split(separator: "\n").filter { !$0.hasPrefix("  quipu ") }
        #expect(folded.allSatisfy { $0.count <= 50 })
    }

    @Test func `every example in the help parses`() throws {
        for (path, leaf) in sample.leaves {
            let words = leaf.declaration.example.split(separator: " ").map(String.init)
            #expect(Array(words.dropFirst().prefix(path.count)) == path)
        }
    }
}
