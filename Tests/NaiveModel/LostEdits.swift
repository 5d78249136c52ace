public import QuipuCausality

/// What must never happen to what a person wrote, told with the ground truth of what each author held when
/// writing: the merge rule does not know it, so it cannot excuse itself.
public struct LostEdits {
    private let archive: NaiveArchive
    private let held: [ChainHash: Set<ChainHash>]

    /// - Parameter held: for each transaction all that its author held, itself left out.
    public init(_ archive: NaiveArchive, held: [ChainHash: Set<ChainHash>]) {
        self.archive = archive
        self.held = held
    }

    /// What is wrong at a replica that holds everything; nil when nothing is.
    public var complaint: String? {
        for place in archive.fields.keys.sorted() {
            let field = Field(place, in: archive, had: had)
            if let wrong = field.lostHand ?? field.falseConflict ?? field.hiddenSource {
                return "\(place): \(wrong)"
            }
        }
        if let wrong = hiddenByNobody { return wrong }
        for place in archive.fields.keys.sorted() where place.field == "deleted" {
            if let wrong = lie(about: place) { return "\(place): \(wrong)" }
        }
        return nil
    }

    /// What a person wrote in a record that is shown under another one is shown, stands open, or was hidden by somebody who
    /// held it: by a merge on its way, or by an edit of the record under which it is shown.
    private var hiddenByNobody: String? {
        for (representative, group) in archive.groups {
            if archive.isDeleted(representative) { continue }
            for member in group.sorted() where member != representative && !archive.isDeleted(member) {
                for field in archive.fields(of: group).sorted() {
                    let place = member.sibling(field)
                    let (shown, open) = archive.view(of: group, under: representative, field: field)
                    for hand in (archive.heads[place] ?? []).compactMap({ archive.versions[$0] })
                    where hand.isByHand && hand.value != ValueHash(of: Array("null".utf8)) {
                        if shown?.value == hand.value || open.contains(where: { $0.value == hand.value }) {
                            continue
                        }
                        if !isHidden(hand, of: member, under: representative) {
                            return "\(place): what a person wrote vanished under \(representative)"
                        }
                    }
                }
            }
        }
        return nil
    }

    private func isHidden(_ hand: NaiveVersion, of member: NaivePlace, under representative: NaivePlace)
        -> Bool
    {
        func all(_ place: NaivePlace) -> [NaiveVersion] {
            (archive.fields[place] ?? []).compactMap { archive.versions[$0] }
        }
        let merges = archive.way(from: member).flatMap { all($0.sibling("mergedInto")) }
        if merges.contains(where: { had($0, hand) }) { return true }
        let standing = (archive.heads[member.sibling("mergedInto")] ?? []).compactMap { archive.versions[$0] }
        return all(representative.sibling(hand.place.field)).contains { edit in
            had(edit, hand) && standing.contains { had(edit, $0) }
        }
    }

    /// The author of one version held the other when writing it.
    private func had(_ one: NaiveVersion, _ other: NaiveVersion) -> Bool {
        guard let maker = archive.representative(of: one) else { return false }
        return !(held[maker.chain] ?? []).isDisjoint(with: other.members)
    }

    /// The same transaction made both.
    private func areOne(_ one: NaiveVersion, _ other: NaiveVersion) -> Bool {
        !one.members.isDisjoint(with: other.members)
    }

    /// A hand edit that lies silently under a delete, or one that was seen and yet contests it.
    private func lie(about place: NaivePlace) -> String? {
        let hands = archive.hanging(on: place).flatMap { archive.fields[$0] ?? [] }
            .compactMap { archive.versions[$0] }.filter(\.isByHand)
        let standing = (archive.heads[place] ?? []).compactMap { archive.versions[$0] }
            .filter { $0.value == NaiveArchive.isTrue }
        guard archive.isDeleted(place) else { return nil }
        func wasHeld(_ hand: NaiveVersion) -> Bool {
            standing.contains { had($0, hand) || areOne($0, hand) }
        }
        let last = hands.filter { hand in !hands.contains { $0.place == hand.place && had($0, hand) } }
        let isKnown = last.allSatisfy(wasHeld)
        if archive.unobservedHeads(of: place).isEmpty {
            return isKnown ? nil : "what a person wrote lies silently under a delete"
        }
        // Who undoes a restore opens the conflict again that it had settled, and had seen all of it.
        let isReopened = standing.contains {
            $0.members.contains { archive.transactions[$0]?.isUndo == true }
        }
        return isKnown && !isReopened ? "an edit that was seen contests a delete" : nil
    }
}

/// What can go wrong with one field.
private struct Field {
    let archive: NaiveArchive
    let had: (NaiveVersion, NaiveVersion) -> Bool
    let versions: [NaiveVersion]
    let hands: [NaiveVersion]
    let heads: Set<VersionKey>
    /// Made by people and held by nobody who wrote after.
    let unseen: [NaiveVersion]

    init(_ place: NaivePlace, in archive: NaiveArchive, had: @escaping (NaiveVersion, NaiveVersion) -> Bool) {
        self.archive = archive
        self.had = had
        versions = (archive.fields[place] ?? []).sorted().compactMap { archive.versions[$0] }
        let hands = versions.filter(\.isByHand)
        self.hands = hands
        heads = archive.heads[place] ?? []
        unseen = hands.filter { hand in !hands.contains { had($0, hand) } }
    }

    var lostHand: String? {
        for hand in hands where !heads.contains(hand.key) {
            let replacers = versions.filter { $0.past.contains(hand.key) && had($0, hand) }
            if !replacers.contains(where: { $0.isByHand || $0.isMerge }) {
                return "what a person wrote was replaced by nobody who held it"
            }
            if unseen.contains(where: { $0.key == hand.key }), !replacers.contains(where: \.isMerge) {
                return "what a person wrote was replaced though no person had seen it"
            }
        }
        return nil
    }

    var falseConflict: String? {
        let shown = heads.compactMap { archive.versions[$0] }.filter { !$0.isImport }
        guard unseen.count <= 1, Set(shown.map(\.value)).count > 1 else { return nil }
        // An undo opens conflicts again that somebody had settled.
        if shown.contains(where: { $0.members.contains { archive.transactions[$0]?.isUndo == true } }) {
            return nil
        }
        return "a conflict between people none of whom wrote without seeing the others"
    }

    var hiddenSource: String? {
        for version in versions where version.isImport && !heads.contains(version.key) {
            let isNamed = versions.contains { $0.parents.contains(version.key) }
            let wasKnown = hands.contains { hand in
                versions.contains { $0.value == version.value && had(hand, $0) }
            }
            // What a source gives a purged field is forgotten whatever it is.
            let isPurged = versions.contains(where: \.isPurge)
            if !isNamed, !wasKnown, !isPurged { return "a source's new value is not shown" }
        }
        guard unseen.count == 1, heads.contains(unseen[0].key) else { return nil }
        for version in heads.compactMap({ archive.versions[$0] })
        where version.isImport && version.value != unseen[0].value && had(unseen[0], version) {
            return "an import that was seen and corrected came back"
        }
        return nil
    }
}
