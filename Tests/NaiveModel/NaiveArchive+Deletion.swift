public import QuipuCausality

extension NaiveArchive {
    /// Whether the record that a field belongs to is deleted.
    public func isDeleted(_ place: NaivePlace) -> Bool {
        visible[place.sibling("deleted")]?.value == Self.isTrue
    }

    static let isTrue = ValueHash(of: Array("true".utf8))

    /// The fields of a record and of what hangs on it, `deleted` left out.
    public func hanging(on place: NaivePlace) -> Set<NaivePlace> {
        let target = ValueHash(of: Array("\"\(Self.text(of: place.record))\"".utf8))
        return Set(
            heads.keys.filter { other in
                if other.field == "deleted" || other.field.hasPrefix("from/") { return false }
                if other.record == place.record, other.kind == place.kind { return true }
                return visible[other.sibling("target")]?.value == target
            })
    }

    /// The text form of RFC 9562, as a field holds it.
    static func text(of id: RecordID) -> String {
        let digits = Array(id.hexadecimal)
        return [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
            .map { String($0) }.joined(separator: "-")
    }

    /// The hand-made heads of a record and of what hangs on it that no standing delete has seen: those of several
    /// deletes count together, a merge counts as the hand-made versions it merged, and having seen a version is
    /// having seen all that it replaces.
    public func unobservedHeads(of place: NaivePlace) -> Set<VersionKey> {
        var observed: Set<ChainHash> = []
        for head in (heads[place.sibling("deleted")] ?? []).compactMap({ versions[$0] })
        where head.value == Self.isTrue {
            // Whatever deletes has seen its own changes.
            for maker in head.members.compactMap({ transactions[$0] }) {
                observed.formUnion(maker.observed)
                observed.insert(maker.chain)
            }
        }
        var unseen: Set<VersionKey> = []
        for field in hanging(on: place) {
            let known = (fields[field] ?? []).compactMap { versions[$0] }
            let listed = known.filter { !$0.members.isDisjoint(with: observed) }
            let covered = listed.reduce(Set(listed.map(\.key))) { $0.union($1.past) }
            for head in known where heads[field]?.contains(head.key) == true {
                let byHand = head.isByHand ? [head.key] : head.isMerge ? head.parents : []
                if !byHand.isSubset(of: covered) { unseen.insert(head.key) }
            }
        }
        return unseen
    }

    /// The deleted records with heads that no delete has seen, by their field `deleted`.
    public var contestedDeletions: [NaivePlace: Set<VersionKey>] {
        var found: [NaivePlace: Set<VersionKey>] = [:]
        for place in heads.keys where place.field == "deleted" && isDeleted(place) {
            let unseen = unobservedHeads(of: place)
            if !unseen.isEmpty { found[place] = unseen }
        }
        return found
    }
}
