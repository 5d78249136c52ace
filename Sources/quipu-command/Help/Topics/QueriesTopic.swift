extension CommandSet {
    /// `quipu help queries`: what search understands.
    static var queriesTopic: Topic {
        Topic(
            name: "queries", abstract: "how search finds records, and what a query may contain",
            blocks: [
                .paragraph(
                    "A query is a list of words. A record is found when it contains all of them, in any order and in "
                        + "any of its fields. Nothing else has a meaning, so no query is an error."),
                .heading("What a query may contain"),
                .rows([
                    ("strike", "the word"),
                    ("\"forty workers\"", "these words, one after the other in one field"),
                    ("strik*", "every word that begins so"),
                ]),
                .paragraph("A shell takes quotation marks and * for itself: put single quotes around them."),
                .example(["quipu search harbour '\"forty workers\"' 'strik*'"]),
                .heading("How words are compared"),
                .paragraph(
                    "Letters are compared without case, accents and width, in every script: nanez finds Ñáñez. In scripts "
                        + "that put no spaces between words, such as Chinese and Japanese, any part of a text is found."
                ),
                .heading("What is searched"),
                .rows([
                    ("1. titles", "titles of articles, names of collections"),
                    ("2. texts", "bodies, abstracts and descriptions"),
                    ("3. remarks", "what annotations and notes say"),
                    (
                        "4. the rest",
                        "authors, publishers, tags, names of files, and fields under names of their own"
                    ),
                ]),
                .paragraph(
                    "Records found by an earlier row come first. Dates, numbers, ids and codes such as the language are not "
                        + "searched, and deleted records are not found."),
                .heading("Lists"),
                .paragraph(
                    "To see all records of a kind, in a collection or with a tag, use list; options that are given together "
                        + "must all fit."),
                .example(["quipu list --kind article --tag strike"]),
            ])
    }
}
