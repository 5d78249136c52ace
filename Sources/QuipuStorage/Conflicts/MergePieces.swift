/// Two texts that grew out of one, cut into what a three-way merge settles and what a person must: for a resolver that
/// asks clash by clash.
///
///     if let pieces = MergePieces(base: before, one, other) {
///         let text = pieces.text(choosing: pieces.clashes.map { _ in .one })
///     }
public struct MergePieces: Sendable, Equatable {
    /// A place that both texts changed, each in its way.
    public struct Clash: Sendable, Equatable {
        public let base: String
        public let one: String
        public let other: String
        /// What stands before it and after it on either side: some words of the merged text.
        public fileprivate(set) var before = ""
        public fileprivate(set) var after = ""
    }

    private enum Piece: Sendable, Equatable {
        case merged([ProseUnits.Unit])
        case clash(base: [ProseUnits.Unit], one: [ProseUnits.Unit], other: [ProseUnits.Unit])
    }

    private let pieces: [Piece]
    /// In the order of the text; empty where the two merge without asking.
    public let clashes: [Clash]

    /// Nil where there is no libgit2 on this machine, or a text is too long to be merged.
    public init?(base: String, _ one: String, _ other: String) {
        let texts = [base, one, other].map { Array($0.utf8) }
        guard texts.allSatisfy({ $0.count <= ThreeWayMerge.mostBytes }) else { return nil }
        let units = texts.map(ProseUnits.units)
        guard units.allSatisfy({ $0.count <= ThreeWayMerge.mostUnits }), let library = GitLibrary.loaded,
            let marked = library.markedMerge(base: units[0], units[1], units[2])
        else { return nil }
        let pieces = marked.map { part -> Piece in
            part.count == 1 ? .merged(part[0]) : .clash(base: part[1], one: part[0], other: part[2])
        }
        self.pieces = pieces
        clashes = Self.clashes(of: pieces)
    }

    private static func clashes(of pieces: [Piece]) -> [Clash] {
        var clashes: [Clash] = []
        for (index, piece) in pieces.enumerated() {
            guard case .clash(let base, let one, let other) = piece else { continue }
            var clash = Clash(base: text(of: base), one: text(of: one), other: text(of: other))
            if index > 0, case .merged(let units) = pieces[index - 1] {
                clash.before = text(of: units.suffix(shownUnits))
            }
            if index + 1 < pieces.count, case .merged(let units) = pieces[index + 1] {
                clash.after = text(of: units.prefix(shownUnits))
            }
            clashes.append(clash)
        }
        return clashes
    }

    /// Of the text on either side of a clash.
    private static let shownUnits = 12

    private static func text(of units: some Sequence<ProseUnits.Unit>) -> String {
        String(decoding: ProseUnits.text(of: units), as: UTF8.self)
    }

    /// What a clash becomes.
    public enum Choice: Sendable, Equatable {
        case one
        case other
        /// One after the other.
        case both
        case text(String)
    }

    /// The whole text, with what was chosen for each clash.
    ///
    /// - Parameter choices: in the order of `clashes`.
    public func text(choosing choices: [Choice]) -> String {
        precondition(choices.count == clashes.count, "each clash has a choice")
        var units: [ProseUnits.Unit] = []
        var rest = choices[...]
        for piece in pieces {
            switch piece {
            case .merged(let merged): units += merged
            case .clash(_, let one, let other):
                switch rest.popFirst() {
                case .one, nil: units += one
                case .other: units += other
                case .both: units += one + other
                case .text(let text): units += ProseUnits.units(of: Array(text.utf8))
                }
            }
        }
        return Self.text(of: units)
    }
}
