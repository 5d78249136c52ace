internal import Quipu

struct FeedAddCommand: Command {
    static let declaration = CommandDeclaration(
        "add", abstract: "follow a feed: RSS, Atom or JSON Feed",
        arguments: [.positional("URL", "the feed's address, http or https")],
        options: [
            .option("name", value: "NAME", "what to call it; by default the host's name"),
            .option(
                "collection", value: "NAME", "put its articles into this collection", takes: .collection),
        ],
        example: "quipu feed add https://example.org/feed.xml --collection Press",
        discussion: """
            The list of feeds is this machine's own: articles come to other mirrors by sync. 'quipu feed fetch' asks the feeds, \
            for example each hour from cron.
            """)

    private let address: String
    private let name: String?
    private let collection: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        address = values.argument("URL")
        name = values.option("name")
        collection = values.option("collection")
    }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        let feed = try context.archive(.readWrite).addFeed(address, named: name, into: collection)
        context.output.json(feed.json)
        context.output.remark("feed \(feed.name) is \(TerminalSanitizer.line(feed.address))")
        context.output.advise("ask it for articles: quipu feed fetch \(feed.name)")
        return .done
    }
}

struct FeedListCommand: Command {
    static let declaration = CommandDeclaration(
        "list", abstract: "list the feeds and when they were last asked", example: "quipu feed list")

    init(_ values: ParsedArguments) throws(UsageError) {}

    func run(in context: Context) throws -> ExitCode {
        let feeds = try context.archive(.readOnly).feeds()
        for feed in feeds {
            context.output.json(feed.json)
            let asked = feed.fetchedAtMilliseconds.map {
                "asked at \(context.output.clock.short(milliseconds: $0))"
            }
            context.output.line(
                "\(feed.name)  \(TerminalSanitizer.line(feed.address))  \(asked ?? "never asked")"
                    + (feed.collection.map { "  in \(TerminalSanitizer.line($0))" } ?? "")
                    + (feed.failure.map { "  failed: \(TerminalSanitizer.line($0))" } ?? ""))
        }
        if feeds.isEmpty { context.output.advise("no feeds yet; follow one: quipu feed add URL") }
        return .done
    }
}

struct FeedFetchCommand: Command {
    static let declaration = CommandDeclaration(
        "fetch", abstract: "ask the feeds for articles, and import them",
        arguments: [.optional("NAME", "only this feed")],
        options: [.flag("again", "read a feed although its server says that nothing is new")],
        example: "quipu feed fetch",
        discussion: """
            A feed in which nothing is new costs one small request (ETag, Last-Modified); after an undo or a restore it is \
            read whole. One that cannot be fetched or read is \
            reported, the others are asked, and the exit code is 1.
            """, makesEdits: true)

    static let interruptionAdvice: String? =
        "what was imported so far is kept; go on with the same command"

    private let name: String?
    private let again: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        name = values.optionalArgument("NAME")
        again = values.flag("again")
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let progress = context.output.progressLine()
        let outcomes: [FeedOutcome]
        do {
            defer { progress.clear() }
            outcomes = try archive.fetchFeeds(named: name, again: again) {
                progress.show("asking \($0.name)")
            }
        }
        var code = ExitCode.done
        for outcome in outcomes {
            let name = outcome.feed.name
            var members: [(String, JSONText)] = [("name", JSONText(name))]
            switch outcome.result {
            case .unchanged:
                members.append(("changed", false))
                context.output.remark("\(name): nothing new")
            case .imported(let report):
                members += [
                    ("changed", true), ("read", JSONText(report.readItems)),
                    ("created", JSONText(report.createdRecords)),
                    ("updated", JSONText(report.updatedRecords)),
                    ("rejected", JSONText(report.rejectedItems)),
                ]
                context.output.remark(
                    "\(name): \(ImportReportText(report, collection: outcome.feed.collection).counts)")
                ImportFindings(report).show(in: context.output)
                if report.rejectedItems > 0 { code = .failed }
            case .failed(let error):
                members.append(("error", JSONText(error.message)))
                context.output.warn("\(name): \(error.message)")
                code = .failed
            }
            context.output.json(JSONText(members: members))
        }
        if outcomes.isEmpty { context.output.advise("no feeds yet; follow one: quipu feed add URL") }
        return code
    }
}

struct FeedRemoveCommand: Command {
    static let declaration = CommandDeclaration(
        "remove", abstract: "follow a feed no more; its articles stay",
        arguments: [.positional("NAME", "its name")], example: "quipu feed remove example-org")

    private let name: String

    init(_ values: ParsedArguments) throws(UsageError) { name = values.argument("NAME") }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        try context.archive(.readWrite).removeFeed(name)
        context.output.json(["name": JSONText(name)])
        context.output.remark("feed \(name) is followed no more; its articles stay")
        return .done
    }
}

extension Feed {
    fileprivate var json: JSONText {
        [
            "name": JSONText(name), "address": JSONText(address), "collection": JSONText(collection),
            "fetchedAt": JSONText(fetchedAtMilliseconds.map { Timestamp.rfc3339(milliseconds: $0) }),
            "failure": JSONText(failure),
        ]
    }
}
