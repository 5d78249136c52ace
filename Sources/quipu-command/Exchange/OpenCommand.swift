internal import Quipu

struct OpenCommand: Command {
    static let declaration = CommandDeclaration(
        "open", abstract: "show the archive as a page in the browser",
        arguments: [
            .repeated("ID-OR-QUERY", "a record, or words to search for", minimum: 0, takes: .record)
        ],
        options: [
            .flag("no-browser", "only show the address, which is good for a minute, once"),
            .option(
                "unused", value: "MINUTES",
                "end when nobody has used the page for so long (default 30; 0 for never)"),
        ],
        example: "quipu open 'tag:river -is:orphaned'",
        discussion: """
            Serves the page to your own browser, on this machine alone, until nobody has used it for 30 minutes or Ctrl-C \
            ends it. If the archive's page is served already, it is opened there and the command ends at once.

            The address has a code in it that opens the page within a minute, once. If an address is opened a second time, the session \
            that it opened ends. The browser is $BROWSER, else what the desktop has (xdg-open); where there is none, the address is shown. \
            It gets the address in a file under ~/quipu-page, which only you can read, and which is removed afterwards.

            An archive is always served under the same name and port, so that the browser keeps what you have typed.
            """,
        synonyms: ["browse", "page", "web"], makesEdits: true)

    private let words: [String]
    private let startsBrowser: Bool
    private let unusedMinutes: Int

    init(_ values: ParsedArguments) throws(UsageError) {
        words = values.arguments("ID-OR-QUERY")
        startsBrowser = !values.flag("no-browser")
        unusedMinutes = try values.integer("unused", in: 0...10_080) ?? 30
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let destination = try destination(in: archive)
        let runtime = context.variable("XDG_RUNTIME_DIR")
        if let entrance = PageServer.running(
            for: archive.place, destination: destination, runtimeFolder: runtime)
        {
            show(entrance, in: context)
            return .done
        }
        // Before the server's threads start.
        let signals = StopSignals(withHangup: true)
        let output = context.output
        let page = try PageServer(
            archive, redirectFolder: context.variable("HOME").map { $0 + "/quipu-page" },
            runtimeFolder: runtime,
            in: context.environment, version: Release.version, onFault: { output.warn($0) })
        if page.hasMoved {
            output.warn(
                "the port that the page had is in use, so the browser shows nothing that you left unsaved there"
            )
        }
        show(page.entrance(to: destination), in: context)
        output.advise("the page is served until Ctrl-C, or until nobody has used it for a while")
        let limit = unusedMinutes * 60
        // Asked again at least once a minute; where there is no limit it goes on for ever.
        signals.waitAtMost(seconds: { limit == 0 ? 60 : limit - page.unusedSeconds() })
        page.stop(graceMilliseconds: 2_000)
        return .done
    }

    /// A record if the words name one, else a query.
    private func destination(in archive: Archive) throws -> PageServer.Destination? {
        guard !words.isEmpty else { return nil }
        if words.count == 1 {
            do throws(QuipuError) {
                return .record(try archive.found(words[0]))
            } catch {
                guard error.code == .unknownRecord else { throw error }
            }
        }
        return .query(words.joined(separator: " "))
    }

    private func show(_ entrance: PageServer.Entrance, in context: Context) {
        let output = context.output
        output.json(["url": JSONText(entrance.address), "file": JSONText(entrance.file)])
        if startsBrowser, !output.isJSON, let file = entrance.file, BrowserLauncher(in: context).open(file) {
            output.line("the page is opening in your browser")
        } else {
            output.line(entrance.address)
            output.advise("open this address in a browser within a minute; it works once")
        }
        output.standard.flush()
    }
}

extension Archive {
    /// The record that a text names.
    fileprivate func found(_ text: String) throws(QuipuError) -> RecordID {
        do { return try read { try $0.find(text).id } } catch {
            throw error as? QuipuError ?? QuipuError(.internalFailure, "\(error)")
        }
    }
}
