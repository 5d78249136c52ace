extension CommandSet {
    /// `quipu help conflicts`: when there is one, and how it is resolved.
    static var conflictsTopic: Topic {
        Topic(
            name: "conflicts", abstract: "when two edits conflict, and how to resolve it",
            blocks: [
                .paragraph(
                    "Every edit records which versions of a field it replaces. From that, and not from clocks, it follows "
                        + "whether the author of one edit knew of the other."),
                .heading("When there is a conflict"),
                .paragraph(
                    "Two edits conflict only if they give the same field of the same record different values and neither "
                        + "author knew of the other edit. Edits of different fields are both applied. Tags and collections "
                        + "are sets: when two people add tags, both are added."),
                .paragraph(
                    "An article that one person deletes while another edits it is a conflict too. So is a tag that one "
                        + "person adds, or confirms, while another removes it."),
                .heading("What is shown meanwhile"),
                .paragraph(
                    "All mirrors show the same value: edits by people go before imports, then the later edit is shown. The "
                        + "other values are kept until somebody resolves the conflict."),
                .heading("How to resolve it"),
                .rows([
                    ("quipu resolve", "walks through the open conflicts, on a terminal"),
                    ("quipu conflicts", "lists the conflicts, each with its values and their numbers"),
                    ("quipu resolve ID --take 1", "takes value 1 in place of the current one"),
                    ("quipu resolve ID --take current", "confirms the value that is shown"),
                    (
                        "quipu resolve ID --take merged",
                        "takes the text with both changes, where they do not overlap"
                    ),
                    ("quipu resolve ID --value TEXT", "gives another value"),
                    (
                        "quipu restore ID",
                        "keeps a record that was deleted and edited; quipu delete ID confirms"
                    ),
                ]),
                .paragraph(
                    "Where a record has several conflicts, the name of the field follows the ID. On a terminal quipu "
                        + "resolve shows the words that differ and takes one side, pieces of each, both, or a merge from "
                        + "your editor; nothing is written until you confirm the summary at the end. A resolution is an ordinary edit: it replaces all the values, and the next sync "
                        + "takes it to the other mirrors. What was not chosen stays in the history."),
                .heading("Merging by itself"),
                .paragraph(
                    "In a collection with merge=automatic, a sync merges texts in which two people changed different words, "
                        + "if one of the versions was written on this mirror. quipu log --merged lists these texts; read "
                        + "them, since nobody may have written all of one."),
                .example(["quipu set COLLECTION merge=automatic"]),
            ])
    }
}
