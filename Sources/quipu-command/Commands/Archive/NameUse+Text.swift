internal import Quipu

extension NameUse {
    var json: JSONText {
        [
            "version": JSONText(first.description), "count": JSONText(count), "author": JSONText(author),
            "timeMilliseconds": JSONText(timeMilliseconds),
            "noticed": JSONText(timeMilliseconds: noticedAtMilliseconds),
        ]
    }

    /// What happened, in a sentence.
    func problem(in zone: ClockZone) -> String {
        "\(counted(count, "transaction")) came under this machine's own name that it did not write, "
            + "the first by \(TerminalSanitizer.line(author)) at \(zone.short(milliseconds: timeMilliseconds)) "
            + "(\(first.short))"
    }

    var advice: String {
        """
        if this folder was copied or restored from an earlier state, they come from there, and nothing is lost: the \
        next edit uses a new name. If not, someone with write access to a mirror has used this machine's name: look at \
        them with quipu log, undo them with quipu revert, and revoke that person's token with quipu token revoke
        """
    }
}
