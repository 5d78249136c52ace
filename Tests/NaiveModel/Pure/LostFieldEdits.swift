import QuipuCausality

/// What must never happen to what a person wrote, told with the ground truth of who held what: the merge rule
/// does not know it, so it cannot excuse itself.
enum LostFieldEdits {
    /// What is wrong at a replica that holds everything; nil when nothing is.
    static func complaint(about field: NaiveField) -> String? {
        let heads = Set(field.heads)
        let versions = field.members.indices
        let hands = versions.filter { field.isByHand($0) }
        /// The author of one held the other when writing it.
        func had(_ one: Int, _ other: Int) -> Bool {
            !field.representative(one).held.isDisjoint(with: field.chains(other))
        }
        let unseen = hands.filter { hand in !hands.contains { had($0, hand) } }
        for hand in hands where !heads.contains(hand) {
            let replacers = versions.filter { field.past[$0].contains(hand) && had($0, hand) }
            if !replacers.contains(where: { field.isByHand($0) || field.isMerge($0) }) {
                return "what a person wrote, \(field.value(hand)), was replaced by nobody who held it"
            }
            if unseen.contains(hand), !replacers.contains(where: { field.isMerge($0) }) {
                return "what a person wrote, \(field.value(hand)), was replaced though no person had seen it"
            }
        }
        if unseen.count <= 1, Set(heads.filter { !field.isImport($0) }.map { field.value($0) }).count > 1 {
            return "a conflict between people none of whom wrote without seeing the others"
        }
        for version in versions where field.isImport(version) && !heads.contains(version) {
            let isNamed = versions.contains { field.parents[$0].contains(version) }
            let wasKnown = hands.contains { hand in
                versions.contains { field.value($0) == field.value(version) && had(hand, $0) }
            }
            if !isNamed, !wasKnown { return "a source's new value, \(field.value(version)), is not shown" }
        }
        return nil
    }
}
