internal import Quipu

struct BundleApplyCommand: Command {
    static let declaration = CommandDeclaration(
        "apply", abstract: "apply bundles that others made",
        arguments: [
            .repeated("FILE", "a bundle, or its parts in any order", takes: .file)
        ],
        options: [
            .flag("trust", "accept a sender whose key is not known yet, without asking"),
            .flag("accept-deletions", "apply changes even if they delete most of a collection"),
        ],
        example: "quipu bundle apply /media/stick/for-ana.bundle",
        discussion: """
            Each block of a bundle is verified before anything of it is written. Applying a bundle twice changes \
            nothing. Of a file that was copied in part, or that has damaged places, the blocks that are whole are applied, and \
            what is missing is named, with what to do about it. A block has up to 1 MB, so a small bundle is one block, of \
            which nothing can be used if it was cut.
            The first bundle of a sender asks on a terminal whether its key is accepted: compare it with the one that \
            quipu bundle create printed there. Later bundles with that key are accepted.
            Reports what is here as of the sender's bundle; whether two mirrors are in sync only a sync can tell. Stops \
            before others' changes remove nine tenths of a collection, as quipu sync does.
            Exit code 5: a file is damaged, was cut, or has bytes behind its end. Exit code 1: something of the sender's is \
            still missing here. Exit code 3: done, and conflicts are open.
            """, makesEdits: true)

    private let paths: [String]
    private let trusts: Bool
    private let acceptsDeletions: Bool

    init(_ values: ParsedArguments) {
        paths = values.arguments("FILE")
        trusts = values.flag("trust")
        acceptsDeletions = values.flag("accept-deletions")
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let bundles: [AppliedBundle]
        do {
            bundles = try archive.applyBundles(paths, acceptsDeletions: acceptsDeletions) {
                trusts || BundlePrompt(context: context).accepts($0)
            }
        } catch let error as QuipuError where error.code == .massDeletion {
            throw error.hinting(
                "the rest was not applied; if the deletions are intended: quipu bundle apply --accept-deletions FILE"
            )
        }
        let output = context.output
        for bundle in bundles {
            output.json(bundle.json)
            BundleText(bundle, output.clock).say(to: output)
        }
        let conflicts = bundles.last?.openConflicts ?? 0
        if conflicts > 0 { output.advise("\(counted(conflicts, "conflict")) open; see: quipu conflicts") }
        if bundles.contains(where: { $0.damages.contains(where: \.isOfBytes) }) { return .damageFound }
        if bundles.contains(where: { !$0.holdsAll }) { return .failed }
        return conflicts > 0 ? .conflictsOpen : .done
    }
}

/// Asks whether to accept the bundles of somebody who is not known yet.
struct BundlePrompt {
    let context: Context

    /// False where nobody can be asked.
    func accepts(_ identity: BundleIdentity) -> Bool {
        guard context.terminal.inputIsTerminal, context.terminal.outputIsTerminal, !context.output.isJSON
        else { return false }
        let output = context.output.standard
        output.writeLine(
            "The bundle is from '\(TerminalSanitizer.line(identity.sender))', made "
                + "\(context.output.clock.short(milliseconds: identity.madeAtMilliseconds)). Its key is not known here:"
        )
        output.writeLine("  \(identity.key)")
        Interruption.notice(
            "nothing of this bundle was applied; run quipu bundle apply again", output: context.output,
            isAtPrompt: true)
        defer { Interruption.withdraw() }
        output.write("Accept this sender's bundles from now on? [y/N] ")
        output.flush()
        return ["y", "yes"].contains(context.readLine()?.lowercased() ?? "")
    }
}
