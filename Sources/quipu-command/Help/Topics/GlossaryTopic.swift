extension CommandSet {
    /// `quipu help glossary`: the words that the other pages use.
    static var glossaryTopic: Topic {
        Topic(
            name: "glossary", abstract: "what the words mean that the commands use",
            blocks: [
                .rows([
                    (
                        "annotation",
                        "a remark on a passage of an article, which it finds again when the text changes"
                    ),
                    (
                        "archive",
                        "a collection of records with all that was ever done to them; a folder with .quipu in it"
                    ),
                    ("article", "a text from elsewhere with its title, author, date and tags"),
                    ("attachment", "a file that belongs to a record, such as a recording or a scan"),
                    ("bundle", "a file with what one mirror has for another, for places without a network"),
                    ("change", "what one transaction changes of one record; what sync counts"),
                    ("clone", "to make a mirror of an archive on a server, in a folder or in a backup"),
                    ("collection", "a named set of articles; an article may be in several"),
                    ("compact", "to remove texts that were replaced from this mirror; the history stays"),
                    ("conflict", "two edits of one field by authors who did not know of each other's edit"),
                    (
                        "digest",
                        "32 hexadecimal digits computed from all that an archive holds: equal digests, equal contents"
                    ),
                    ("entry", "what one command did, with its words; what log lists and undo takes back"),
                    ("field", "a named value of a record: title, body, tags, …"),
                    (
                        "handle",
                        "the eight letters and digits by which a record is called; four or more of them are enough"
                    ),
                    ("import", "to make records from a file; importing the same source again updates them"),
                    ("kind", "what a record is: article, annotation, note, collection or attachment"),
                    ("log", "all transactions of an archive, in order; everything else follows from it"),
                    (
                        "merge",
                        "to show several records of one article as one; each keeps what it has, and can be taken out again"
                    ),
                    ("mirror", "one of the copies of an archive; all have equal rights"),
                    ("note", "a text of your own, which may belong to a record"),
                    ("origin", "the remote that sync takes by default"),
                    ("purge", "to forget deleted records for good, on every mirror that syncs"),
                    (
                        "record",
                        "what an archive keeps: an article, an annotation, …; it has an id and fields"
                    ),
                    ("remote", "another mirror that is remembered under a name, with its URL or path"),
                    (
                        "replica",
                        "a mirror seen as an author: everything that it writes is in a chain of its own"
                    ),
                    ("resolve", "to choose between the values of a conflict"),
                    ("sync", "to exchange changes with another mirror until both hold the same"),
                    ("token", "a secret that lets its holder use an archive on a server"),
                    ("transaction", "changes that are made together; one or more are an entry of the log"),
                    (
                        "version",
                        "the value that one transaction gave a field, or a record as it was after it"
                    ),
                ])
            ])
    }
}
