internal import QuipuCanonicalJSON
internal import QuipuCausality

/// What an import notes with an item that its source did not say in so many words.
extension ImportBatch {
    /// What follows from the item and the archive, where it is not there already.
    func computed(
        _ fields: [(name: String, json: [UInt8])], _ candidate: Candidate?
    ) throws -> [FieldChange] {
        try fields.compactMap { field in
            var replaced: [Version] = []
            if let candidate {
                if try candidate.isLastImport(field.name, field.json) { return nil }
                replaced = try candidate.versions(of: field.name).importFrontier
            }
            return FieldChange(
                field: field.name, value: .text(field.json), replaces: try writer.names(of: replaced))
        }
    }

    /// The collections that an article goes into: of each name all that have it.
    func groups(of item: ImportItem) -> [[RecordID]] {
        guard item.kind == "article" else { return [] }
        var groups = run.collections.isEmpty ? [] : [run.collections]
        for group in item.collections.prefix(ImportItem.maximumCollections)
        where !group.isEmpty && !groups.contains(where: { $0.first == group.first }) {
            groups.append(group)
        }
        return groups
    }

    /// The fields that put an article into its collections, but for those into which an import put it before, though it
    /// was taken out since.
    func missingMemberships(_ item: ImportItem, _ candidate: Candidate?) throws -> [String] {
        try groups(of: item).compactMap { group in
            let fields = group.map { "collections/" + $0.text }
            guard let candidate else { return fields[0] }
            let wasPut = try fields.contains { try candidate.hasImported($0, JSONLiteral.true) }
            return wasPut ? nil : fields[0]
        }
    }
}
