extension CommandSet {
    /// `quipu help queries`: what a query may contain.
    static var queriesTopic: Topic {
        Topic(
            name: "queries", abstract: "how records are found, and what a query may contain",
            blocks: [
                .paragraph(
                    "A query is a list of words and filters, all of which must fit, in any order. It is the same for list, search, "
                        + "export and conflicts --query. No query of a listing is an error: what cannot be read is searched as "
                        + "words, and a warning says so."),
                .heading("Words"),
                .rows([
                    ("strike", "the word, in any field"),
                    ("\"forty workers\"", "these words, one after the other in one field"),
                    ("strik*", "every word that begins so"),
                    ("-strike", "not this; also before a filter or a parenthesis. NOT is the same"),
                    ("north OR south", "one or the other; binds more loosely than words side by side"),
                    ("(north OR south) river", "parentheses group"),
                ]),
                .paragraph(
                    "A shell takes quotation marks, parentheses, > and * for itself: put single quotes around them. A word that is "
                        + "an option of the command follows --."),
                .example(["quipu search harbour '\"forty workers\"' 'strik*' -tag:draft"]),
                .heading("Filters"),
                .rows([
                    ("kind:note", "article, annotation, note, collection, attachment"),
                    (
                        "tag:river",
                        "a tag; if none is spelled so, in any case and accents; tag:riv* any that begins so"
                    ),
                    ("in:Press", "a collection or a saved search: its name, handle or id"),
                    ("author:ruiz", "who wrote it"),
                    ("title:\"high water\"", "in the title or the name"),
                    ("lang:pt", "the language, pt-BR too"),
                    ("url:example.org", "an address, and all below it: a host, a folder"),
                    ("doi:10.1000/182", "a DOI; doi:10.1000 all of one registrant"),
                    ("by:ana", "who changed the record last"),
                    ("before:2026, after:2026-03", "the date of an article lies wholly before or after this"),
                    (
                        "date:2025-03, date:2024..2025",
                        "wholly within; date:>=2026, date:<2026, date:..2025-06 as well"
                    ),
                    (
                        "changed:2026-03-04",
                        "when the record was changed last (UTC), in the same forms as date:"
                    ),
                    ("has:conflict", "also has:annotation, has:note, has:attachment"),
                    ("is:deleted", "deleted records, which are left out otherwise"),
                    (
                        "is:orphaned",
                        "an annotation, note or attachment whose record or quoted passage is gone"
                    ),
                    ("is:unsettled", "it, or something that belongs to it, has an open conflict"),
                    ("id:3k9x7t2m", "a record by its handle or id"),
                ]),
                .paragraph(
                    "Values with spaces stand in quotation marks. A web address, a DOI, an id or a whole handle typed alone finds "
                        + "its record. A filter that fits nothing as things are, such as a tag that nobody used, says so and names "
                        + "what is near."),
                .example(["quipu list 'author:ruiz lang:es before:2020 -has:annotation' --sort date"]),
                .heading("Order"),
                .rows([
                    ("relevance", "the best first; if there are words, unless you say otherwise"),
                    ("added", "the last that came to this mirror first; if there are no words"),
                    ("date", "the latest date first, records without a date last"),
                    ("title", "from A to Z"),
                    ("changed", "the last changed first"),
                ]),
                .paragraph(
                    "--reverse turns the order round. By relevance, records that have all words in their titles come first, then "
                        + "those that have them in titles and texts, then in remarks as well, then anywhere."),
                .heading("Saved searches"),
                .paragraph(
                    "A saved search is a collection with a field 'query'. It syncs as other collections do, and always holds "
                        + "what its query finds."),
                .example([
                    "quipu search 'tag:river before:2020' --save 'Old rivers'",
                    "quipu list 'in:\"Old rivers\" flood'",
                ]),
                .heading("Mistakes"),
                .paragraph(
                    "A listing says what was left out of a query, such as a sign without a letter, and which filter fits no "
                        + "record. Commands that change, export or save the results refuse a query of which a part is left out, "
                        + "whose filters contradict each other, or that looks into a deleted collection."),
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
                    "Dates, numbers, ids and codes such as the language are not searched as words; use filters."
                ),
            ])
    }
}
