internal import QuipuCausality
internal import Support

/// Holds what the transactions say against what their authors really had when they wrote them, which only the
/// simulation knows. A transaction that leaves out what it replaces, or what its delete saw, is sound by itself: every
/// store and every model that reads it agrees. This is where it shows.
struct GroundTruth {
    private let naive: PlainArchive
    private let ledger: Ledger
    private let heads: [PlainArchive.Place: [Int]]
    /// The numbers of the transactions that made a version.
    private let makers: [Int: [Int]]

    init(_ naive: PlainArchive, _ ledger: Ledger) {
        self.naive = naive
        self.ledger = ledger
        heads = naive.heads()
        makers = naive.versions.mapValues { made in
            made.members.compactMap { naive.chains[$0].flatMap { ledger.number(of: $0) } }.sorted()
        }
    }

    func check() throws {
        for (place, all) in naive.versionsByPlace().sorted(by: { "\($0.key)" < "\($1.key)" }) {
            try checkField(place, all)
        }
        for (deletion, unseen) in naive.deletions().sorted(by: { "\($0.key)" < "\($1.key)" }) {
            try checkDeletion(deletion, unseen)
        }
    }

    /// Whether a version's author had another version; a person's version has one author.
    private func had(_ version: Int, _ other: Int) -> Bool {
        guard let author = makers[version]?.first else { return false }
        return (makers[other] ?? []).contains { ledger.had(author, $0) }
    }

    /// A transaction that deletes has seen its own changes.
    private func hadOrMade(_ delete: Int, _ edit: Int) -> Bool {
        had(delete, edit) || !Set(makers[delete] ?? []).isDisjoint(with: makers[edit] ?? [])
    }

    private func checkField(_ place: PlainArchive.Place, _ all: [Int]) throws {
        let heads = heads[place] ?? []
        func version(_ key: Int) -> PlainArchive.Made? { naive.versions[key] }
        let hand = all.filter { version($0)?.isByHand == true }
        // Those that nobody's later edit had.
        let last = hand.filter { key in !hand.contains { $0 != key && had($0, key) } }
        let name = "'\(place.field)' of \(place.record.hexadecimal.suffix(6))"
        for key in hand where !heads.contains(key) {
            let replacing = all.filter { version($0)?.past.contains(key) == true && had($0, key) }
            guard replacing.contains(where: { version($0)?.isImport == false }) else {
                throw Violation("a value made by hand goes only when somebody who had it replaces it", name)
            }
            if last.contains(key), !replacing.contains(where: { version($0)?.isMerge == true }) {
                throw Violation("an edit that no later one had is still there", name)
            }
        }
        guard last.count <= 1 else { return }
        let values = Set(heads.compactMap { version($0) }.filter { !$0.isImport }.map(\.value))
        guard values.count <= 1 else {
            throw Violation("edits of which each had the one before are no conflict", name)
        }
        guard let top = last.first, heads.contains(top) else { return }
        for key in heads where version(key)?.isImport == true && version(key)?.value != version(top)?.value {
            if had(top, key) {
                throw Violation("an import that was seen and corrected stays corrected", name)
            }
        }
    }

    private func checkDeletion(_ deletion: PlainArchive.Place, _ unseen: [Int]) throws {
        let yes = ValueHash(of: Array("true".utf8))
        let deletes = (heads[deletion] ?? []).filter { naive.versions[$0]?.value == yes }
        let name = deletion.record.hexadecimal.suffix(6)
        let parts = naive.versionsByPlace().filter { naive.isPart($0.key, of: deletion, heads: heads) }
        let edits = parts.filter { $0.key.field != "deleted" }.flatMap(\.value)
            .filter { naive.versions[$0]?.isByHand == true }
        if unseen.isEmpty {
            for edit in edits where !edits.contains(where: { $0 != edit && had($0, edit) }) {
                guard deletes.contains(where: { hadOrMade($0, edit) }) else {
                    throw Violation("an edit that a delete had not seen is in conflict with it", "\(name)")
                }
            }
        } else if deletes.allSatisfy({ delete in edits.allSatisfy { hadOrMade(delete, $0) } }) {
            throw Violation("a delete that had seen everything is in no conflict", "\(name)")
        }
    }
}
