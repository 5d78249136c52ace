internal import Quipu

struct BundleCreateCommand: Command {
    static let declaration = CommandDeclaration(
        "create", abstract: "write what a mirror has not got into a file, to be carried there",
        arguments: [.positional("FILE", "where to put it, for example on a stick", takes: .file)],
        options: [
            .option(
                "for", value: "NAME",
                "whom it is for: somebody whose bundle was applied here, or a remote; only what that one lacks",
                takes: .remote),
            .option(
                "split", value: "SIZE", "write parts FILE.1, FILE.2, … of at most this size, as 2G for FAT"),
            .flag("force", short: "f", "replace existing files"),
        ],
        example: "quipu bundle create /media/stick/for-ben.bundle --for ben",
        discussion: """
            A bundle is the exchange in a file, for places without any network. Without --for it holds everything, for \
            anybody. With --for it holds what the other has not told that it has: in its last bundle that was applied \
            here, or in the last sync. What was sent before never counts, so a lost stick costs no edit; the next \
            bundle has it all. Each bundle also says what this mirror holds, so that the other's next one is short.
            If --for names a remote that was put back from a copy since the last sync, what it lost is not in the bundle: \
            make one without --for.
            The file appears complete or not at all. FAT takes no file of 4 GB or more: use --split 2G.
            A bundle is signed with this mirror's key. It is not encrypted: anybody who finds the stick can read it. The \
            files of attachments are not in it; they travel with quipu sync or quipu backup.
            It brings changes to a mirror that exists. A first copy of an archive is made with quipu backup FILE and \
            quipu clone FILE, or with quipu clone.
            """)

    private let path: String
    private let receiver: String?
    private let splitBytes: Int?
    private let isForced: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        path = values.argument("FILE")
        receiver = values.option("for")
        splitBytes = try values.size("split")
        if let splitBytes, splitBytes < BundleOptions.leastSplitBytes {
            throw UsageError(
                "--split takes at least \(BundleOptions.leastSplitBytes) bytes, not \(splitBytes)",
                hint: "write for example: --split 2G")
        }
        isForced = values.flag("force")
    }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        let output = context.output
        if path == "-" || OutputPath.isSpecial(path) {
            throw QuipuError(
                .badOption, "a bundle is written to a file, not to \(TerminalSanitizer.line(path))",
                hint: "name a file, for example: quipu bundle create for-ben.bundle")
        }
        var options = BundleOptions()
        options.receiver = receiver
        options.splitBytes = splitBytes
        options.replacesExisting = isForced
        let bundle = try context.archiveToEdit().createBundle(at: path, options)
        output.json([
            "files": JSONText(bundle.files.map { ["path": JSONText($0.path), "bytes": JSONText($0.bytes)] }),
            "bytes": JSONText(bundle.bytes), "transactions": JSONText(bundle.transactions),
            "changes": JSONText(bundle.changes), "texts": JSONText(bundle.texts),
            "for": JSONText(bundle.receiver), "key": JSONText(bundle.key),
            "attachmentsLeftOut": JSONText(bundle.leavesFilesBehind),
        ])
        say(bundle, to: output)
        return .done
    }

    private func say(_ bundle: CreatedBundle, to output: Output) {
        let receiver = TerminalSanitizer.line(bundle.receiver ?? "anybody")
        let files =
            bundle.files.count == 1
            ? TerminalSanitizer.line(bundle.files[0].path)
            : "\(bundle.files.count) parts \(TerminalSanitizer.line(path)).1 to .\(bundle.files.count)"
        output.remark(
            "wrote a bundle for \(receiver): \(counted(bundle.transactions, "transaction")) "
                + "(\(counted(bundle.changes, "change"))), \(SizeText.of(bytes: bundle.bytes))")
        output.remark("  in \(files)")
        switch bundle.basis {
        case .bundle(let time):
            output.remark(
                "  without what \(receiver) had told to hold in a bundle of \(output.clock.short(milliseconds: time))"
            )
        case .sync(let time):
            let when = time.map { " of \(output.clock.short(milliseconds: $0))" } ?? ""
            output.remark("  without what \(receiver) held at the last sync\(when)")
        case .none:
            output.remark("  it holds everything")
        }
        if bundle.leavesFilesBehind {
            output.advise("  without the files of attachments, which do not travel in bundles")
        }
        output.advise(
            "  not encrypted; signed with the key \(bundle.key)\n"
                + "  on the other machine: quipu bundle apply \(bundle.files.count == 1 ? "FILE" : "FILE.*")")
    }
}
