internal import Quipu

struct StatusCommand: Command {
    static let declaration = CommandDeclaration(
        "status", abstract: "show what the archive holds and how far it is from its mirrors",
        options: [.flag("who", "show how much each replica wrote, most first")],
        example: "quipu status --json",
        discussion: """
            Two mirrors with the same digest hold the same; it is short enough to read aloud. The network is not \
            used: 'behind' is the state at the last sync. A refused transaction is
            malformed; it holds back its author's later edits, and nothing else.
            """,
        synonyms: ["info", "st"])

    let listsOrigins: Bool

    init(_ values: ParsedArguments) { listsOrigins = values.flag("who") }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archive(.readOnly)
        if listsOrigins {
            printOrigins(try archive.read { try $0.shares() }, to: context.output)
            return .done
        }
        let status = try archive.read { try $0.status() }
        context.output.json(status.json)
        if !context.output.isJSON { status.print(to: context.output) }
        return .done
    }

    private func printOrigins(_ shares: [ReplicaShare], to output: Output) {
        var table = TextTable([
            .init(title: "REPLICA"), .init(title: "AUTHOR", canShrink: true),
            .init(title: "CHANGES", alignment: .right), .init(title: "BYTES", alignment: .right),
        ])
        for share in shares {
            output.json([
                "replica": JSONText(share.replica), "author": JSONText(share.author),
                "changes": JSONText(share.transactions), "bytes": JSONText(share.bytes),
            ])
            table.add([
                .init(share.replica, .cyan), .init(TerminalSanitizer.line(share.author)),
                .init("\(share.transactions)"), .init("\(share.bytes)"),
            ])
        }
        if !output.isJSON, !shares.isEmpty { output.table(table) }
        if shares.isEmpty { output.remark("nothing has been written yet") }
    }
}
