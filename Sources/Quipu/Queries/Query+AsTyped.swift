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

extension Store {
    /// Likewise, where a filter must not be mistaken either: see `QueryNote.isMistake`.
    ///
    /// - Returns: the query, and what is to be said of it.
    /// - Throws: `badQuery`.
    func query(asTyped text: String) throws -> (query: QuipuStorage.Query, notes: [QueryNote]) {
        let query = try QuipuStorage.Query(asTyped: text)
        let notes = try queries.count(query).notes.map { QueryNote($0) }
        let mistakes = notes.filter(\.leavesNotAsTyped)
        guard mistakes.isEmpty else {
            throw QuipuError(
                .badQuery, mistakes.map(\.message).joined(separator: "; "),
                hint: "correct the query; nothing was done")
        }
        return (query, notes)
    }
}
