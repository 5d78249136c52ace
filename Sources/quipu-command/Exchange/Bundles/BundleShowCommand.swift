internal import Quipu

struct BundleShowCommand: Command {
    static let declaration = CommandDeclaration(
        "show", abstract: "show who made a bundle and what is in it, and verify it",
        arguments: [.repeated("FILE", "a bundle, or its parts in any order", takes: .file)],
        example: "quipu bundle show /media/stick/for-ana.bundle",
        discussion: """
            Reads every block and verifies its hash and signature; applies nothing, and needs no archive. Exit code 5: \
            the file is damaged or not complete.
            """)

    private let paths: [String]

    init(_ values: ParsedArguments) { paths = values.arguments("FILE") }

    func run(in context: Context) throws -> ExitCode {
        let output = context.output
        let bundles = try Bundles.describe(paths)
        for bundle in bundles {
            output.json([
                "bundle": bundle.identity.json, "bytes": JSONText(bundle.bytes),
                "whole": JSONText(bundle.isWhole), "parts": JSONText(bundle.parts.map { JSONText($0) }),
                "partCount": bundle.partCount.map { JSONText($0) } ?? nil,
                "transactions": JSONText(bundle.transactions), "changes": JSONText(bundle.changes),
                "damages": JSONText(bundle.damages.map(\.json)),
            ])
            let identity = bundle.identity
            let parts =
                bundle.partCount == 1
                ? ""
                : ", parts \(bundle.parts.map(String.init).joined(separator: " "))"
                    + (bundle.partCount.map { " of \($0)" } ?? "")
            output.line("from      \(TerminalSanitizer.line(identity.sender)), key \(identity.key)")
            output.line(
                "made      \(output.clock.short(milliseconds: identity.madeAtMilliseconds)), by the sender's clock"
            )
            output.line(
                "for       "
                    + (identity.receiver.map {
                        "\(TerminalSanitizer.line($0)): only what that one had not told to hold"
                    }
                        ?? "anybody: everything that the sender held"))
            output.line("archive   \(identity.archive)")
            output.line(
                "contents  \(counted(bundle.transactions, "transaction")) (\(counted(bundle.changes, "change"))), "
                    + "\(SizeText.of(bytes: bundle.bytes))\(parts)")
            output.line(
                "state     "
                    + (bundle.isWhole
                        ? "complete, signed, not encrypted" : "not complete, or damaged; see below"))
            for damage in bundle.damages { output.warn(damage.text(isApplied: false)) }
        }
        return bundles.allSatisfy(\.isWhole) ? .done : .damageFound
    }
}
