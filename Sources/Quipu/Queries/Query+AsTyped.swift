internal import QuipuStorage

extension QuipuStorage.Query {
    /// A query that something is done with, other than to show what it finds: it must be understood as it was typed.
    ///
    /// - Throws: `badQuery`.
    init(asTyped text: String) throws(QuipuError) {
        self.init(text)
        if let note = notes.first {
            throw QuipuError(.badQuery, note.message, hint: "correct the query; nothing was done")
        }
    }
}
