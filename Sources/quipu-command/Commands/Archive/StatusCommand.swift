internal import Quipu

struct StatusCommand: Command {
    static let declaration = CommandDeclaration(
        "status", abstract: "say what the archive holds and how it stands with its mirrors",
        options: [.flag("who", "how much each replica has written, most first")],
        example: "quipu status --json",
        discussion: """
            Two mirrors with the same digest hold the same; it can be read out over the phone. Nothing is \
            asked of the network: how far behind a mirror this one is, is as of the last sync. What is refused is
            malformed; it stops its author's later edits here, and nothing else.
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
        if shares.isEmpty { output.remark("nobody has written anything yet") }
    }
}
