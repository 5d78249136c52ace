internal import QuipuCausality
internal import QuipuStorage

/// Texts that name no record, or several.
package struct UnresolvedRecords: Error {
    /// What was thrown for each, in the order of the texts, by the text.
    package let failures: [(text: String, error: QuipuError)]

    /// The maximum number that a message names.
    private static let mostNamed = 20

    /// What to tell a person: of one what `Snapshot.find` says, of several all their names.
    package var error: QuipuError {
        guard let first = failures.first, failures.count > 1 else {
            return failures.first?.error ?? QuipuError(.unknownRecord, "no record is named")
        }
        let unknown = failures.filter { $0.error.code == .unknownRecord }.map { "'\($0.text)'" }
        var parts = failures.filter { $0.error.code != .unknownRecord }.prefix(Self.mostNamed).map(
            \.error.message)
        if !unknown.isEmpty {
            var named = Array(unknown.prefix(Self.mostNamed))
            if unknown.count > named.count { named.append("\(unknown.count - named.count) more") }
            parts.insert(
                "there \(unknown.count == 1 ? "is no record" : "are no records") \(listed(named) ?? "")",
                at: 0)
        }
        return QuipuError(
            unknown.isEmpty ? first.error.code : .unknownRecord, parts.joined(separator: "; "),
            remedy: .init(Remedy(.findRecord)))
    }
}

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
                let id = try find(text).id
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
