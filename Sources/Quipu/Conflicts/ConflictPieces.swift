internal import QuipuStorage

/// The two texts of a conflict, cut into what merges by itself and the places where they clash.
///
///     if let pieces = ConflictPieces(conflict) {
///         let text = pieces.text(choosing: pieces.clashes.map { _ in .current })
///     }
package struct ConflictPieces: Sendable {
    /// A place that both changed, each in its way.
    package struct Clash: Sendable, Equatable {
        package let current: String
        package let other: String
        /// What both replaced.
        package let ancestor: String
        /// Some words of the text on either side of it.
        package let before: String
        package let after: String
    }

    /// What a clash becomes.
    package enum Choice: Sendable, Equatable {
        case current
        case other
        /// One after the other.
        case both
        case text(String)
    }

    private let pieces: MergePieces
    /// In the order of the text.
    package let clashes: [Clash]

    /// Nil unless two texts of a prose field grew out of one and clash somewhere, and where the merge is not to be had.
    package init?(_ conflict: Conflict) {
        guard !conflict.isDeletion, conflict.others.count == 1,
            let ancestor = conflict.ancestor?.value?.string,
            let current = conflict.current.value?.string, let other = conflict.others[0].value?.string,
            conflict.isProse, let pieces = MergePieces(base: ancestor, current, other),
            !pieces.clashes.isEmpty
        else { return nil }
        self.pieces = pieces
        clashes = pieces.clashes.map {
            Clash(current: $0.one, other: $0.other, ancestor: $0.base, before: $0.before, after: $0.after)
        }
    }

    /// The whole text.
    ///
    /// - Parameter choices: one for each clash, in order.
    package func text(choosing choices: [Choice]) -> String {
        pieces.text(
            choosing: choices.map { choice in
                switch choice {
                case .current: .one
                case .other: .other
                case .both: .both
                case .text(let text): .text(text)
                }
            })
    }
}

extension Conflict {
    /// Whether its field holds prose.
    package var isProse: Bool { Kinds.known[record.kind.rawValue]?[field]?.isProse == true }

    /// The value that a typed word gives the field.
    ///
    /// - Returns: canonical JSON.
    /// - Throws: `wrongType`, `tooLarge`.
    package func value(ofWord word: String) throws(QuipuError) -> [UInt8] {
        try QuipuError.presenting { try TypedValue.json(ofWord: word, for: field, of: record.kind) }
    }
}
