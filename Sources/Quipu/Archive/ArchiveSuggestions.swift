internal import QuipuStorage

/// What there is in an archive that begins with what somebody has typed so far: for completion in a shell. The archive is
/// only read, and no more of it than is suggested.
package struct ArchiveSuggestions {
    package enum Records {
        case present, deleted, inConflict
    }

    package struct Suggestion: Sendable {
        package let text: String
        /// What it is, for people; empty where the text says all.
        package let meaning: String
    }

    private let store: Store

    /// - Parameters:
    ///   - path: of the archive's folder; nil for the nearest one at `folder` or above.
    /// - Throws: `noArchive` and what else keeps it from being read.
    package init(at path: String?, from folder: String) throws(QuipuError) {
        store = try QuipuError.presenting {
            guard let place = path.map({ ArchiveFolder.at($0) }) ?? ArchiveFolder.nearest(from: folder) else {
                throw QuipuError(.noArchive, "there is no archive")
            }
            return try Store(opening: place, mode: .readOnly)
        }
    }

    /// Handles, the latest records first; with the kind before each where `typed` has it.
    package func records(
        _ which: Records, typed: String, limit: Int
    ) throws(QuipuError) -> [Suggestion] {
        let colon = typed.lastIndex(of: ":")
        let kind = colon.map { String(typed[..<$0]) }
        let letters = String(typed[(colon.map { typed.index(after: $0) } ?? typed.startIndex)...])
        let stored: SuggestedRecords =
            switch which {
            case .present: .present
            case .deleted: .deleted
            case .inConflict: .inConflict
            }
        return try QuipuError.presenting {
            try store.reading {
                try store.records.suggestions(handlePrefix: letters, of: stored, limit: limit)
                    .filter { kind == nil || $0.kind == kind }
                    .map { record in
                        Suggestion(
                            text: (kind.map { $0 + ":" } ?? "") + record.id.shortHandle,
                            meaning: record.caption ?? record.kind)
                    }
            }
        }
    }

    /// Tags that any record has or had.
    package func tags(typed: String, limit: Int) throws(QuipuError) -> [Suggestion] {
        try QuipuError.presenting {
            try store.log.elementsEverUsed(of: "tags").filter { $0.hasPrefix(typed) }.prefix(limit)
                .map { Suggestion(text: $0, meaning: "") }
        }
    }

    /// The tags of one record, by its id or handle.
    package func tags(of record: String, typed: String, limit: Int) throws(QuipuError) -> [Suggestion] {
        try QuipuError.presenting {
            try store.find(record).tags.sorted().filter { $0.hasPrefix(typed) }.prefix(limit)
                .map { Suggestion(text: $0, meaning: "") }
        }
    }

    /// The names of collections.
    package func collections(typed: String, limit: Int) throws(QuipuError) -> [Suggestion] {
        try QuipuError.presenting {
            var names: [String] = []
            var filter = QuipuStorage.RecordFilter()
            filter.kind = "collection"
            try store.forEachRecord(filter) { record in
                if let name = record.string("name"), name.hasPrefix(typed) { names.append(name) }
                return names.count < limit
            }
            return names.sorted().map { Suggestion(text: $0, meaning: "") }
        }
    }

    /// Remotes, and where they are.
    package func remotes(typed: String) throws(QuipuError) -> [Suggestion] {
        try QuipuError.presenting {
            try store.remotes.all().filter { $0.name.hasPrefix(typed) }
                .map { Suggestion(text: $0.name, meaning: $0.location) }
        }
    }

    /// Fields that a person may set.
    ///
    /// - Parameter name: of a record, by its id or handle, or of a kind.
    package func settableFields(of name: String, typed: String) throws(QuipuError) -> [Suggestion] {
        try QuipuError.presenting {
            let record = Kinds.known[name] == nil ? try store.find(name) : nil
            guard let kind = Kinds.known[record?.kind ?? name] else { return [] }
            let known = kind.settableFields.map { Suggestion(text: $0, meaning: kind[$0]?.summary ?? "") }
            let own = (record?.fields ?? []).filter { $0.name.hasPrefix(Kinds.ownFieldPrefix) }
                .map { Suggestion(text: $0.name, meaning: "") }
            return (known + own).filter { $0.text.hasPrefix(typed) }
        }
    }

    /// Fields that a record has, by its id or handle.
    package func fields(of record: String, typed: String, limit: Int) throws(QuipuError) -> [Suggestion] {
        try QuipuError.presenting {
            try store.find(record).fields.map(\.name)
                .filter { !$0.hasPrefix(Fields.sourcePrefix) && $0.hasPrefix(typed) }.prefix(limit)
                .map { Suggestion(text: $0, meaning: "") }
        }
    }

    /// No more entries of the log are looked at.
    private static let mostEntriesRead = 1_000

    /// Entries of the log, the latest first, with what was done.
    package func entries(typed: String, limit: Int) throws(QuipuError) -> [Suggestion] {
        try QuipuError.presenting {
            var found: [Suggestion] = []
            var count = 0
            try store.log.forEachLogEntry { entry in
                count += 1
                let text = Version(entry.name).short
                if text.hasPrefix(typed) {
                    let words = entry.words ?? "an edit"
                    found.append(
                        Suggestion(text: text, meaning: entry.isUndone ? words + " (undone)" : words))
                }
                return found.count < limit && count < Self.mostEntriesRead
            }
            return found
        }
    }
}
