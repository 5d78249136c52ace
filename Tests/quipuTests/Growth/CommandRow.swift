import Support

/// A command of the table: what it costs must not depend on what is around, but for what is said here.
struct CommandRow: Sendable {
    /// What it may grow in step with, and why.
    enum Growth: Sendable {
        case with([Surroundings: String])
        /// It is about all of the archive.
        case withAll
    }

    let name: String
    let words: @Sendable (CommandScene) -> [String]
    var growth = Growth.with([:])
    /// Commands that go before it and are not counted.
    var before: @Sendable (CommandScene) -> [[String]] = { _ in [] }
    var archive = "archive"
    var typesToken = false
    var isExchange = false

    init(
        _ name: String, _ growth: Growth = .with([:]),
        _ words: @escaping @Sendable (CommandScene) -> [String]
    ) {
        self.name = name
        self.growth = growth
        self.words = words
    }

    func after(_ before: @escaping @Sendable (CommandScene) -> [[String]]) -> Self {
        var row = self
        row.before = before
        return row
    }

    var exchanging: Self {
        var row = self
        row.isExchange = true
        return row
    }

    var typingToken: Self {
        var row = self
        row.typesToken = true
        return row
    }

    /// Why it may grow with something; nil where it may not.
    func reason(for surroundings: Surroundings) -> String? {
        switch growth {
        case .with(let reasons): reasons[surroundings]
        case .withAll: "it is about all of the archive"
        }
    }

    /// Of any entry somebody may have written an undo, here or elsewhere.
    private static let undone: [Surroundings: String] = [
        .versions: "it looks through the log for undos", .origins: "it looks through the log for undos",
    ]

    /// Those of what the archive holds; remotes are none of it.
    private static let counts: [Surroundings: String] = [
        .records: "it counts records", .conflicts: "it counts records and conflicts",
        .tags: "it counts records", .origins: "it counts records", .annotations: "it counts records",
        .remotes: "it lists remotes",
    ]
    private static let vector: [Surroundings: String] = [
        .origins: "what is known has one hash over the ends of all chains"
    ]
    private static let oneTransaction = Dictionary(
        uniqueKeysWithValues: [.records, .conflicts, .tags, .annotations].map {
            ($0 as Surroundings, "the newest transactions changed them all")
        })
    private static let remoteNames: [Surroundings: String] = [.remotes: "it looks for a name among all"]

    static let all: [CommandRow] = [
        // MARK: Looking
        CommandRow("help") { _ in ["help", "sync"] },
        CommandRow("status", .with(counts)) { _ in ["status"] },
        CommandRow("show") { ["show", $0.article] },
        CommandRow("read") { ["read", $0.article] },
        CommandRow("search") { _ in ["search", "water", "-n", "5"] },
        CommandRow("search, one tag") { _ in ["search", "water tag:spring", "-n", "5"] },
        CommandRow("list --tag") { _ in ["list", "--tag", "spring"] },
        CommandRow("list -n", .with([.versions: "it lists the record that has them"])) { _ in
            ["list", "-n", "5"]
        },
        CommandRow("list -n, by date", .with([.versions: "it lists the record that has them"])) { _ in
            ["list", "--sort", "date", "-n", "5"]
        },
        CommandRow("list, filters") { _ in
            ["list", "title:ferry author:ana before:2020 -url:example.com lang:es has:note"]
        },
        CommandRow("list, filter", .with([.annotations: "they are what it asks for"])) { _ in
            ["list", "has:annotation", "-n", "1"]
        },
        CommandRow("list, one address") { _ in ["list", "https://example.org/the-known"] },
        CommandRow("list", .withAll) { _ in ["list"] },
        CommandRow("log -n", .with(oneTransaction)) { _ in ["log", "-n", "5"] },
        CommandRow("log", .withAll) { _ in ["log", "--limit", "0"] },
        CommandRow("status --who", .withAll) { _ in ["status", "--who"] },
        CommandRow("history") { ["history", $0.article] },
        CommandRow("diff") { ["diff", $0.article] },
        CommandRow("save") { ["save", $0.article, $0.bench.folder.path(of: "saved"), "--force"] },
        CommandRow("conflicts ID") { ["conflicts", $0.article] },
        CommandRow("conflicts -n", .with([.conflicts: "all are put in order, and few of them read"])) { _ in
            ["conflicts", "-n", "1"]
        },
        CommandRow("conflicts", .with([.conflicts: "it lists them"])) { _ in ["conflicts", "--limit", "0"] },

        // MARK: Writing
        CommandRow("add") { _ in ["add", "article", "title=More"] },
        CommandRow("set") { ["set", $0.article, "body=The river rose in the night, and fell."] },
        CommandRow("tag") { ["tag", $0.article, "+river"] },
        CommandRow("annotate") { ["annotate", $0.article, "--quote", "the night", "--note", "When?"] },
        CommandRow("attach") { ["attach", $0.article, $0.bench.folder.path(of: "new.jsonl")] },
        CommandRow("delete") { ["delete", $0.spare] },
        CommandRow("restore") { ["restore", $0.deleted] },
        CommandRow("revert") { ["revert", $0.spare, "--to", "1"] }.after { [["restore", $0.spare]] },
        CommandRow("why", .with([.remotes: "it says which of them do not have it"])) {
            ["why", $0.article, "body"]
        },
        CommandRow("undo", .with(undone)) { _ in ["undo"] }.after { [["tag", $0.article, "+undone"]] },
        CommandRow("redo", .with(undone)) { _ in ["redo"] }.after { _ in [["undo"]] },
        CommandRow("purge") { ["purge", $0.unwanted, "--yes"] },
        CommandRow("resolve") { ["resolve", $0.article, "title", "--take", "1"] },
        CommandRow("import, known") { ["import", $0.bench.folder.path(of: "known.jsonl")] },
        CommandRow("import, new") { ["import", $0.bench.folder.path(of: "new.jsonl")] },
        CommandRow("import --dry-run") { ["import", "--dry-run", $0.bench.folder.path(of: "other.jsonl")] },

        // MARK: Exchanging
        CommandRow("sync", .with(vector.merging(remoteNames) { one, _ in one })) { _ in
            ["--json", "sync", "mirror"]
        }.exchanging.after { _ in [["sync", "mirror"]] },
        CommandRow("sync, one edit", .with(vector.merging(remoteNames) { one, _ in one })) { _ in
            ["--json", "sync", "mirror"]
        }.exchanging.after { [["tag", $0.article, "+late"]] },
        CommandRow("sync --dry-run", .with(vector.merging(remoteNames) { one, _ in one })) { _ in
            ["--json", "sync", "mirror", "--dry-run"]
        }.exchanging,
        CommandRow("remote add", .with(remoteNames)) {
            ["remote", "add", "stick", $0.bench.folder.path(of: "stick")]
        },
        CommandRow("remote list", .with([.remotes: "it lists them"])) { _ in ["remote", "list"] },
        CommandRow("remote login", .with(remoteNames)) { _ in ["remote", "login", "office"] }.typingToken,
        CommandRow("remote logout", .with(remoteNames)) { _ in ["remote", "logout", "office"] },
        CommandRow("remote remove", .with(remoteNames)) { _ in ["remote", "remove", "stick"] },
        CommandRow("token add") { _ in ["token", "add", "--role", "writer"] },
        CommandRow("token list") { _ in ["token", "list"] },
        CommandRow("token revoke") { ["token", "revoke", $0.tokenID] },
        CommandRow("config clock") { _ in ["config", "clock", "trusted"] },

        // MARK: All of it
        CommandRow("init") { ["init", $0.bench.folder.path(of: "another")] },
        CommandRow("duplicates", .withAll) { _ in ["duplicates"] },
        CommandRow("verify", .withAll) { _ in ["verify"] },
        CommandRow("export", .withAll) { ["export", "-o", $0.bench.folder.path(of: "export.jsonl")] },
        CommandRow("export --format csv", .withAll) {
            ["export", "--format", "csv", "-o", $0.bench.folder.path(of: "export.csv")]
        },
        CommandRow("export --format markdown", .withAll) {
            ["export", "--format", "markdown", "-o", $0.bench.folder.path(of: "markdown")]
        },
        CommandRow("backup", .withAll) { ["backup", $0.bench.folder.path(of: "backup")] },
        CommandRow("clone", .withAll) {
            ["clone", $0.bench.folder.path(of: "archive"), $0.bench.folder.path(of: "clone")]
        },
        CommandRow("doctor", .withAll) { _ in ["doctor"] },
        CommandRow("compact", .withAll) { _ in ["compact"] },
    ]

    /// Commands that the table cannot run, with what is held instead.
    static let others = [
        "serve": "RouteCostTests, request by request", "open": "it serves until it is ended",
        "tutorial": "it runs commands that have rows",
        "completion": "it prints one text", "edit": "it reads as show does and writes as set does",
        "tags list": "it counts every tag", "tags rename": "it writes to all that have the tag",
        "tags merge": "it writes to all that have the tags",
        "merge": "it reads the records that it names", "unmerge": "it writes one field",
        "split": "it reads the versions of one record",
        "bundle create": "it holds what its receiver lacks, like a sync",
        "bundle apply": "it reads all of a file", "bundle show": "it reads all of a file",
        "feed add": "it writes a list of its own", "feed list": "it reads a list of its own",
        "feed remove": "it writes a list of its own", "feed fetch": "it imports what a server gives it",
    ]
}
