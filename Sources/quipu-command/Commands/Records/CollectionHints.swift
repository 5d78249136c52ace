internal import Quipu

extension Snapshot {
    /// The collections that a name, an id or a handle stands for: all of them where several show the name.
    ///
    /// - Throws: `QuipuError.unknownRecord`, with the names there are.
    func collections(typed text: String) throws -> [RecordID] {
        do throws(QuipuError) {
            return try collections(text)
        } catch {
            guard error.code == .unknownRecord else { throw error }
            throw error.hinting(try collectionHint(for: text))
        }
    }

    /// What to do where there is no collection of a name.
    func collectionHint(for text: String) throws -> String {
        let names = try collectionNames(limit: 20)
        let near = Suggestion.closest(to: text.inNormalFormC, among: names)
        return near.map { "did you mean '\($0)'?" }
            ?? (names.isEmpty
                ? "make it: quipu add collection 'name=\(text)'"
                : "there are: \(names.joined(separator: ", "))")
    }
}
