internal import Quipu

/// How far an archive and a mirror are apart, and what a sync would carry, in words.
struct MirrorDistanceText {
    private let distance: MirrorDistance

    init(_ distance: MirrorDistance) { self.distance = distance }

    func say(to output: Output) -> ExitCode {
        output.json([
            "remote": JSONText(distance.remote), "ahead": JSONText(distance.ahead),
            "behind": JSONText(distance.behind), "inSync": JSONText(distance.equality == .proved),
            "maySend": JSONText(distance.maySend),
            "changesToSend": JSONText(distance.changesToSend), "bytesToSend": JSONText(distance.bytesToSend),
            "floorBytesToSend": JSONText(distance.floorBytesToSend),
            "floorBytesToReceive": distance.floorBytesToReceive.map { JSONText($0) } ?? nil,
            "bytesToReceive": distance.bytesToReceive.map { JSONText($0) } ?? nil,
            "bytesPerSecond": distance.bytesPerSecond.map { JSONText($0) } ?? nil,
            "milliseconds": distance.milliseconds.map { JSONText($0) } ?? nil,
        ])
        let title = TerminalSanitizer.line(distance.remote)
        switch distance.equality {
        case .proved: output.line("in sync with \(title)")
        case .claimed: output.line("\(title) says that it holds the same, and gives no proof of it")
        case .unverifiable:
            output.line("\(title) holds the same transactions; texts are missing here: quipu sync")
        case .disproved:
            output.line("\(title) says that it holds the same, and its proof of it is wrong")
            return .damageFound
        case .different:
            output.line(
                (distance.maySend
                    ? "to send: \(counted(distance.ahead, "transaction")); "
                    : "to send: nothing, as \(title) takes no edits from here; "
                        + "it lacks \(counted(distance.ahead, "transaction")); ")
                    + "to receive: \(counted(distance.behind, "transaction"))")
            forecast(to: output)
        }
        return .done
    }

    private func forecast(to output: Output) {
        let received =
            switch distance.bytesToReceive {
            case nil: "an unknown size in"
            case 0: "nothing in"
            case .some(let bytes): "\(SizeText.of(bytes: bytes)) in, if what comes is like what is here"
            }
        output.line(
            "\(SizeText.of(bytes: distance.bytesToSend)) out (\(counted(distance.changesToSend, "change"))), \(received)"
        )
        if let floor = distance.floorBytesToReceive, floor + distance.floorBytesToSend > 0 {
            output.line(
                "of that at least \(SizeText.of(bytes: distance.floorBytesToSend)) out and "
                    + "\(SizeText.of(bytes: floor)) in before texts of more than 128 bytes, which sync --max-bytes sends last"
            )
        }
        if let milliseconds = distance.milliseconds, let pace = distance.bytesPerSecond {
            output.line(
                "\(Self.duration(milliseconds)) at \(SizeText.of(bytes: pace)) a second, the speed last seen")
        } else {
            output.line("how long that takes is not known: no sync was long enough to measure the link")
        }
    }

    private static func duration(_ milliseconds: Int) -> String {
        let seconds = milliseconds / 1_000
        if seconds < 1 { return "a second or less" }
        if seconds < 120 { return "about \(counted(seconds, "second"))" }
        return "about "
            + (seconds < 7_200 ? counted(seconds / 60, "minute") : counted(seconds / 3_600, "hour"))
    }
}
