internal import Quipu

/// What happens in the tutorial, step by step.
struct TutorialLesson {
    enum Ending {
        case finished
        /// The person had enough.
        case stopped
        /// A command ended otherwise than it should.
        case failed
    }

    private let stage: TutorialStage

    init(_ stage: TutorialStage) { self.stage = stage }

    /// Articles as somebody else's program exports them.
    static let sample = """
        {"id": "seeds", "title": "Town library now lends seeds", "body": "Forty kinds of beans and maize wait in the old card catalogue. Whoever borrows a handful brings back two after the harvest.", "author": "Inés Quilca", "date": "2026-03-04", "url": "https://valle.example/seeds", "tags": ["library"]}
        {"id": "channel", "title": "The channel runs again", "body": "The river came up to the high fields. Two hundred families had taken turns.", "author": "Lenín Huarcaya", "date": "2026-04-11", "url": "https://valle.example/channel", "tags": ["water"]}
        {"id": "market", "title": "Saturday market gets its roof back", "body": "After eleven months the stalls are dry again. The first trader under the new beams sells potatoes.", "author": "Inés Quilca", "date": "2026-05-02", "url": "https://valle.example/market", "tags": ["building"]}

        """

    func play() throws -> Ending {
        do {
            try begin()
            let (channel, seeds) = (try handle(of: "The channel"), try handle(of: "Town library"))
            try read(channel)
            try share(seeds)
            try resolve(seeds)
            return .finished
        } catch let ending as TutorialStage.Stop {
            return ending.isFailure ? .failed : .stopped
        }
    }

    private func begin() throws {
        stage.say(
            "Ana keeps newspaper articles, and Ben helps her; they are often without a network. You look over their "
                + "shoulders. Every command below is really run, in the folder \(stage.folder).")
        try stage.pause()
        stage.say("An archive is a folder. Ana makes one:")
        try stage.run("ana", "", ["init", "press"])
        try stage.pause()
        stage.say(
            "She has three articles in a file, as another program exported them, and puts them into a collection. To "
                + "import the file again later would change nothing:")
        try stage.run("ana", "press", ["import", "../articles.jsonl", "--collection", "Press"])
        try stage.run("ana", "press", ["list"])
        try stage.pause()
    }

    private func read(_ channel: String) throws {
        stage.say(
            "The letters and digits at the beginning of a line are a record's handle: commands take it, or its first "
                + "letters. A search looks at all text, and accents make no difference. Ana tags what she found:"
        )
        try stage.run("ana", "press", ["search", "huarcaya", "river"])
        try stage.run("ana", "press", ["tag", channel, "+river", "-water"])
        try stage.run("ana", "press", ["list", "--tag", "river"])
        try stage.pause()
        stage.say("A remark stays with its passage, also when the text changes around it:")
        try stage.run(
            "ana", "press",
            ["annotate", channel, "--quote", "Two hundred", "--note", "Who counted?"])
        try stage.run("ana", "press", ["show", channel])
        try stage.pause()
    }

    private func share(_ seeds: String) throws {
        stage.say(
            "Ben takes a mirror: a complete archive of his own. Here it comes from Ana's folder; a server's URL or a "
                + "memory stick would do as well:")
        try stage.run("ben", "", ["clone", "../ana/press"])
        try stage.pause()
        stage.say("Now both are on the road, and both correct the same title:")
        try stage.run("ana", "press", ["set", seeds, "title=The library lends seeds"])
        try stage.run("ben", "press", ["set", seeds, "title=Borrow a bean, return two"])
        try stage.pause()
    }

    private func resolve(_ seeds: String) throws {
        stage.say(
            "Back at home Ben syncs. Had they edited different fields, both edits would simply count. But neither knew of "
                + "the other's title:")
        try stage.run("ben", "press", ["sync"], exit: .conflictsOpen)
        try stage.run("ben", "press", ["conflicts"], exit: .conflictsOpen)
        try stage.pause()
        stage.say(
            "Nothing is lost: both titles are there on both mirrors. Ben takes Ana's, which is number 1:")
        try stage.run("ben", "press", ["resolve", seeds, "title", "--take", "1"])
        try stage.run("ben", "press", ["sync"])
        try stage.pause()
        stage.say("The resolution is an edit like any other. Ana has it too, with the whole history:")
        try stage.run("ana", "press", ["history", seeds])
        stage.say("Equal digests mean equal archives:")
        try stage.run("ana", "press", ["status"])
        try stage.run("ben", "press", ["status"])
        try stage.pause()
        stage.say(
            "That is all it takes. 'quipu init' makes an archive of yours, 'quipu help' lists the commands, and these pages "
                + "tell more: \(CommandSet.quipu.topics.map { "quipu help \($0.name)" }.joined(separator: ", "))."
        )
    }

    /// The handle of the article with a title that begins so.
    private func handle(of title: String) throws -> String {
        let found = try ArchiveSuggestions(at: stage.path("ana", "press"), from: stage.folder)
            .records(.present, typed: "", limit: 10).first { $0.meaning.hasPrefix(title) }
        guard let found else { throw TutorialStage.Stop(isFailure: true) }
        return found.text
    }
}
