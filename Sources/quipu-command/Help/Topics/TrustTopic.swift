extension CommandSet {
    /// `quipu help trust`: what is promised of other people's machines, and what is not.
    static var trustTopic: Topic {
        Topic(
            name: "trust", abstract: "what is checked, who can do what, and what is not promised",
            blocks: [
                .heading("What is checked"),
                .paragraph(
                    "Each mirror's log is a chain of hashes: another can neither change what somebody wrote nor leave out a "
                        + "part before the end without being noticed. What comes from elsewhere, by a server, a stick or a backup, is checked "
                        + "against the log, and what follows from the log is computed here. Text from others is stripped of "
                        + "control characters before it is shown on a terminal."),
                .paragraph(
                    "A change that is malformed stops the later changes of its author on this mirror and nothing else; "
                        + "quipu status lists it with the reason. quipu verify checks the whole archive."),
                .heading("Who can do what on a server"),
                .rows([
                    ("reader", "receives everything and sends nothing"),
                    ("writer", "also sends changes"),
                    ("owner", "also makes the archive with the first push"),
                    (
                        "admin",
                        "everything in every archive of the server, and what is about the server itself"
                    ),
                ]),
                .paragraph(
                    "quipu token add makes a token, quipu token list shows who used theirs when, quipu token revoke ends one "
                        + "at once. A server without tokens serves its own machine only; with tokens it serves others under "
                        + "TLS or behind a proxy that speaks it."),
                .paragraph(
                    "Over plain HTTP, others on the way can read and change what is exchanged. Beyond this machine it is "
                        + "refused until --insecure is given once for that remote."),
                .paragraph(
                    "A code of quipu serve --share lets the first machine that uses it read the archive and write to it, for 30 "
                        + "minutes. The other side connects only to a machine that has the same code, so nobody between the "
                        + "two can read or change what is exchanged. Ten wrong codes end it. Say a code only to the person that it "
                        + "is for."),
                .heading("Deleting and forgetting"),
                .paragraph(
                    "A deleted record can be restored. quipu purge forgets it for good on every mirror that syncs; it does "
                        + "not reach backups, exports, or mirrors that never sync again. quipu compact removes old texts from "
                        + "this mirror alone."),
                .heading("What is not promised"),
                .paragraph(
                    "Names of authors are claims: changes are not signed, so anybody who may write can write under any name. "
                        + "Archives are not encrypted on the disk; their files can be read by their owner alone, or by a "
                        + "group with --shared. Anybody who may write can add wrong values, beside which the history keeps the "
                        + "right ones."),
            ])
    }
}
