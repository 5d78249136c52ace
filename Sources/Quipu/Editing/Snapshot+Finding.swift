internal import QuipuCausality
internal import QuipuStorage

extension Snapshot {
    /// Finds the records that texts name, as `find` does, each once, in the order of the texts.
    ///
    /// - Throws: `UnresolvedRecords` with all that name none or several; `QuipuError`.
    package func find(all texts: [String]) throws -> [RecordID] {
        var found: [RecordID] = []
        var seen: Set<RecordID> = []
        var failures: [(text: String, error: QuipuError)] = []
        var failed: Set<String> = []
        for text in texts {
            do throws(QuipuError) {
                let known = try QuipuError.presenting {
                    try store.identity(named: text).map { RecordID($0.id, kind: $0.kind) }
                }
                let id = if let known { known } else { try find(text).id }
                if seen.insert(id).inserted { found.append(id) }
            } catch {
                guard error.code == .unknownRecord || error.code == .ambiguousHandle else { throw error }
                if failed.insert(text).inserted { failures.append((text, error)) }
            }
        }
        if !failures.isEmpty { throw UnresolvedRecords(failures: failures) }
        return found
    }
}
