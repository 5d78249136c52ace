internal import QuipuCausality
internal import QuipuSQLite

/// Finds the record that an item is about.
struct CandidateSearch {
    private let writer: Writer
    private let archive: OpenArchive
    private let looked = LookedCandidates()
    /// Whether any field has had several versions, of which values must be looked for by their hashes.
    private let hasVersions: Bool
    /// Whether any item without an id of its own left values behind.
    private let hasMarks: Bool

    init(_ writer: Writer) throws {
        self.writer = writer
        archive = writer.archive
        try archive.keyIndex.beginImport()
        hasVersions = try archive.database.integer("SELECT EXISTS (SELECT 1 FROM version)") == 1
        hasMarks = try archive.interning.knownNameRow(LeftItems.field, in: archive.database) != nil
    }

    struct Found {
        var best: Candidate?
        /// All the records that remember the item by its producer's id.
        var knowing: [Candidate] = []
        /// All that were looked at.
        var observed: [RecordID] = []
    }

    /// Of several records: one that knows the item, one that is not deleted, the one that agrees on the strongest key,
    /// the one with the least id.
    func find(_ item: ImportItem, _ keys: ItemKeys) throws -> Found {
        var found = Found()
        if let source = item.source, let key = keys.source {
            for row in try archive.keyIndex.candidateRows(with: key) {
                guard let candidate = try candidate(row, kind: item.kind) else { continue }
                found.observed.append(candidate.record.id)
                guard try candidate.holds(source) else { continue }
                if try !source.isUnscoped || candidate.isLikely(item, keys) {
                    found.knowing.append(candidate)
                }
            }
            if !found.knowing.isEmpty {
                found.best = try best(of: found.knowing.map { ($0, true) }, item, keys)
                return found
            }
        }
        var candidates: [(candidate: Candidate, knows: Bool)] = []
        for row in try rows(item, keys) {
            guard let candidate = try candidate(row, kind: item.kind) else { continue }
            found.observed.append(candidate.record.id)
            // Earlier versions took no citation key of what has a DOI, and none of RIS.
            let mayKnow = item.source?.isCitationKey ?? true
            candidates.append((candidate, try mayKnow && knows(item, candidate)))
        }
        found.best = try best(of: candidates, item, keys)
        if let best = found.best, !candidates.contains(where: { $0.knows && $0.candidate === best }) {
            found.best = try shown(best, kind: item.kind, &found.observed)
        }
        return found
    }

    /// What no record knows goes to the one under which the record is shown that it agrees with; what some record knows goes
    /// there, merged or not, so that a file read again is not news.
    private func shown(
        _ candidate: Candidate, kind: String, _ observed: inout [RecordID]
    ) throws -> Candidate {
        let row = try archive.merges.representative(of: candidate.record.row)
        guard row != candidate.record.row, let shown = try self.candidate(row, kind: kind) else {
            return candidate
        }
        observed.append(shown.record.id)
        return shown
    }

    /// The one record with the strongest key of an item, of those that need no look at its text, where an import gave it
    /// all that the item says; nil where that is not so, whatever the reason. Nothing that the whole search looks at could
    /// go before it: who knows the item has that key.
    func knowing(_ item: ImportItem) throws -> Candidate? {
        guard item.source == nil, !item.hasDerivedTitle else { return nil }
        for field in KeyedField.of(kind: item.kind) where field != .body {
            guard let canonical = item[field.rawValue].flatMap({ field.canonical($0) }) else { continue }
            let rows = try archive.keyIndex.candidateRows(
                with: NaturalKey(field.sort, canonical, kind: item.kind, in: archive.id))
            guard rows.count == 1, let candidate = try candidate(rows[0], kind: item.kind),
                candidate.record.fields["derived/title"] == nil,
                try item.fields.allSatisfy({ try candidate.hasImported($0.name, $0.json) })
            else { return nil }
            return candidate
        }
        return nil
    }

    private func candidate(_ row: Int64, kind: String) throws -> Candidate? {
        let candidate = try looked.candidate(row, at: writer) {
            Candidate(try archive.recordStates.record(row: row), in: archive)
        }
        return candidate.record.kind == kind ? candidate : nil
    }

    private func knows(_ item: ImportItem, _ candidate: Candidate) throws -> Bool {
        try candidate.hasImportedAll(of: item) || candidate.hasMark(of: item)
    }

    private func rows(_ item: ImportItem, _ keys: ItemKeys) throws -> [Int64] {
        var rows: [Int64] = []
        func add(_ more: [Int64]) { for row in more where !rows.contains(row) { rows.append(row) } }
        for key in keys.natural.map(\.key) + keys.former {
            add(try archive.keyIndex.candidateRows(with: key))
        }
        if let fields = keys.fields { add(try archive.keyIndex.candidateRows(with: fields)) }
        if hasVersions {
            for key in keys.natural {
                guard let json = item[key.field.rawValue] else { continue }
                add(try archive.keyIndex.candidateRows(withVersion: json, of: key.field))
            }
        }
        if item.source == nil, hasMarks {
            let mark = NaturalKey(.mark, LeftItems.mark(of: item), kind: item.kind, in: archive.id)
            add(try archive.keyIndex.candidateRows(with: mark))
        }
        return rows
    }

    private func best(
        of candidates: [(candidate: Candidate, knows: Bool)], _ item: ImportItem, _ keys: ItemKeys
    ) throws -> Candidate? {
        let knowing = candidates.filter(\.knows)
        if let only = knowing.first, knowing.count == 1 { return only.candidate }
        var best: (candidate: Candidate, knows: Bool, ranks: [RankAgreement])?
        for (candidate, knows) in knowing.isEmpty ? candidates : knowing {
            let ranks = try candidate.match(item, keys)
            guard knows || ranks != nil else { continue }
            let other = (candidate: candidate, knows: knows, ranks: ranks ?? [])
            if let known = best, !precedes(other, known) { continue }
            best = other
        }
        return best?.candidate
    }

    private typealias Ranked = (candidate: Candidate, knows: Bool, ranks: [RankAgreement])

    private func precedes(_ one: Ranked, _ other: Ranked) -> Bool {
        if one.knows != other.knows { return one.knows }
        if one.candidate.isDeleted != other.candidate.isDeleted { return other.candidate.isDeleted }
        for (left, right) in zip(one.ranks, other.ranks) where left != right {
            return left.rawValue > right.rawValue
        }
        // Those that know the item and do not match it come last.
        if one.ranks.isEmpty != other.ranks.isEmpty { return other.ranks.isEmpty }
        return one.candidate.record.id < other.candidate.record.id
    }
}

/// The records that were looked at last, while nothing is written: one record may hold the marks of very many items, and
/// each of them asks for its own.
private final class LookedCandidates {
    private static let most = 8

    private var candidates: [Candidate] = []
    /// Where the log ended when they were read.
    private var position: Int64 = 0

    func candidate(_ row: Int64, at writer: Writer, _ read: () throws -> Candidate) rethrows -> Candidate {
        if position != writer.position { candidates = [] }
        position = writer.position
        if let known = candidates.first(where: { $0.record.row == row }) { return known }
        let candidate = try read()
        // Texts are put in their places without an entry of the log.
        if writer.hasMissingTexts { return candidate }
        if candidates.count == Self.most { candidates.removeFirst() }
        candidates.append(candidate)
        return candidate
    }
}
