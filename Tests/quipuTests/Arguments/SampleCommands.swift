@testable import quipu

/// A small program with every sort of command, so that these tests do not change with the real one's.
/// What it "runs" is the words it was given.
let sample = CommandSet<ParsedArguments>(
    program: "quipu", abstract: "an archive of articles",
    sections: [
        .init(title: "Begin", entries: [leaf(initialise), leaf(importing), leaf(status)]),
        .init(
            title: "Share",
            entries: [
                .group(
                    name: "remote", abstract: "say where the archive is shared",
                    commands: [group(add), group(list)]),
                leaf(serve),
            ]),
        .init(title: "Write", entries: [leaf(tag), leaf(set), leaf(annotate)]),
    ])

func leaf(_ declaration: CommandDeclaration) -> CommandSet<ParsedArguments>.Entry {
    .command(group(declaration))
}

func group(_ declaration: CommandDeclaration) -> CommandSet<ParsedArguments>.Leaf {
    .init(declaration: declaration) { (values) throws(UsageError) in values }
}

/// What the line asks to run, with its global options; other outcomes are an error.
func run(_ words: String...) throws -> (ParsedArguments, GlobalOptions) {
    guard case .run(let values, let globals) = try sample.parse(words) else { throw NotRun() }
    return (values, globals)
}

/// The help text that the line asks for; other outcomes are an error.
func help(_ words: String...) throws -> String {
    guard case .help(let text) = try sample.parse(words) else { throw NotRun() }
    return text
}

/// The mistake that the line is refused for; `nil` when it is accepted.
func mistake(_ words: String...) -> UsageError? {
    do throws(UsageError) {
        _ = try sample.parse(words)
        return nil
    } catch {
        return error
    }
}

struct NotRun: Error {}

private let initialise = CommandDeclaration(
    "init", abstract: "make a new archive", arguments: [.optional("DIR", "where; else here")],
    options: [.option("name", value: "NAME", "what people call it")], example: "quipu init press")

private let importing = CommandDeclaration(
    "import", abstract: "import articles from a file",
    arguments: [.positional("PATH|-", "the file, or - for standard input")],
    options: [
        .option(
            "format", short: "f", value: "F", "the file's format; else by its name",
            choices: ["jsonl", "csv", "markdown"]),
        .option("collection", value: "NAME", "the collection that they join"),
    ],
    example: "quipu import articles.jsonl --collection Press", makesEdits: true)

private let status = CommandDeclaration(
    "status", abstract: "show what the archive holds", example: "quipu status", synonyms: ["st", "info"])

private let add = CommandDeclaration(
    "add", abstract: "remember a remote",
    arguments: [.positional("NAME", "your name for it"), .positional("URL|PATH", "where it is")],
    example: "quipu remote add office https://archive.example/press")

private let list = CommandDeclaration(
    "list", abstract: "list the remotes", example: "quipu remote list", synonyms: ["ls"])

private let serve = CommandDeclaration(
    "serve", abstract: "offer archives to others",
    options: [
        .option("tls-cert", value: "FILE", "the certificate"),
        .option("tls-key", value: "FILE", "its secret key"),
        .option("max-bytes", value: "N", "how much to hand out"),
        .flag("open", "listen without a token"),
    ],
    example: "quipu serve --open")

private let tag = CommandDeclaration(
    "tag", abstract: "put on and take off tags",
    arguments: [.positional("ID", "the record"), .repeated("±TAG", "+TAG puts on, -TAG takes off")],
    example: "quipu tag 3f2a +water -draft", dashesAreValues: true, makesEdits: true)

private let set = CommandDeclaration(
    "set", abstract: "change fields",
    arguments: [.positional("ID", "the record"), .repeated("FIELD=VALUE", "the new values")],
    example: "quipu set 3f2a 'title=A better title'")

private let annotate = CommandDeclaration(
    "annotate", abstract: "comment on a passage", arguments: [.positional("ID", "the article")],
    options: [
        .option("quote", value: "TEXT", "the passage", required: true),
        .option("tag", value: "TAG", "a tag for the annotation", repeated: true),
    ],
    example: "quipu annotate 3f2a --quote 'a passage'")
