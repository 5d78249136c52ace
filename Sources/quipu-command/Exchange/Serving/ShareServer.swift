internal import Quipu

/// `serve --share`: shows what to type on the other machine, and serves it until the time is over.
struct ShareServer {
    private let allowsMany: Bool
    private let address: String?

    /// Nil where `--share` is not given.
    init?(_ values: ParsedArguments) throws(UsageError) {
        guard values.flag("share") else {
            if values.flag("many") {
                throw UsageError("--many has no effect without --share", hint: "leave it out, or add --share")
            }
            return nil
        }
        let others = values.declaration.options.map(\.name)
        try values.requireNone(
            of: others.filter { !["share", "many", "listen", "grace", "trusted-clock"].contains($0) },
            with: "share")
        allowsMany = values.flag("many")
        address = values.option("listen")
    }

    func run(in context: Context, graceSeconds: Int) throws -> ExitCode {
        let output = context.output
        let archive = try context.archive(.readWrite)
        var options = Share.Options()
        options.allowsMany = allowsMany
        options.address = address
        options.timeoutSeconds = try context.linkTimeoutSeconds()
        options.onFault = { output.warn($0) }
        options.report = { event in
            switch event {
            case .joined(let address):
                output.advise("\(TerminalSanitizer.line(address)) has used the code")
            case .wrongCode(let count, let address):
                output.warn(
                    "a wrong code from \(TerminalSanitizer.line(address)) (\(count) of \(Share.maximumWrongCodes))"
                )
                if count >= Share.maximumWrongCodes { StopSignals.stop() }
            }
        }
        // Where its terminal is closed it ends as on Ctrl-C, and leaves nothing behind.
        let signals = StopSignals(withHangup: true)
        Server.raiseFileLimit()
        let share = try Share(archive, options, in: context.environment)
        present(share, of: archive, in: context)
        signals.waitAtMost(seconds: { share.state == .open ? share.remainingSeconds : 0 })
        let state = share.state
        share.stop(graceMilliseconds: graceSeconds * 1_000)
        switch state {
        case .open: return .done
        case .expired:
            output.advise("the code has expired; for a new one: quipu serve --share")
            return .done
        case .ended:
            throw QuipuError(
                .shareEnded, "\(Share.maximumWrongCodes) wrong codes have ended the share",
                hint: "somebody in this network guesses; for a new code: quipu serve --share")
        }
    }

    private func present(_ share: Share, of archive: Archive, in context: Context) {
        let output = context.output
        let address = share.addresses[0]
        output.json([
            "command": JSONText(Self.command(address, share.code)), "code": JSONText(share.code.text),
            "addresses": JSONText(share.addresses.map { JSONText($0.text) }),
            "scan": JSONText(address.scannable(with: share.code)),
            "seconds": JSONText(share.remainingSeconds),
        ])
        output.line(Self.command(address, share.code))
        output.standard.flush()
        if context.terminal.outputIsTerminal, !output.isJSON, !output.isQuiet {
            let drawing = QRDrawing(
                of: address.scannable(with: share.code), width: context.terminal.width,
                isPlain: context.terminal.isPlain)
            for line in drawing?.lines ?? [] { output.line(line) }
            output.standard.flush()
        }
        output.advise("type this on the other machine, in its mirror of '\(archive.name)'")
        output.advise("no mirror there yet? type clone instead of sync")
        if share.addresses.count > 1 {
            let others = share.addresses.dropFirst().map(\.text).joined(separator: ", ")
            output.advise("no answer? this machine is also at \(others)")
        }
        output.advise(
            "\(allowsMany ? "any number of replicas" : "one replica") can use the code for 30 minutes; Ctrl-C ends it"
        )
    }

    private static func command(_ address: ShareAddress, _ code: ShareCode) -> String {
        "quipu sync --share \(address.text) \(code.text)"
    }
}
