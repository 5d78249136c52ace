internal import QuipuCanonicalJSON
package import QuipuCausality
package import QuipuStorage

/// The value that a way to settle a conflict gives a field, for the command and for programs alike.
package enum Settlement {
    package enum Choice: Equatable, Sendable {
        case current
        /// From 0.
        case other(Int)
        case both
        case merged
    }

    /// Why there is no such value.
    package enum Obstacle: Error, Sendable {
        case noSuchValue(count: Int)
        /// It holds no texts.
        case notJoinable
        case notMergeable(MergeObstacle)
        /// The text of this version is not here.
        case textMissing(TransactionName)
    }

    /// - Returns: canonical JSON.
    /// - Throws: `Obstacle`, `StorageError`.
    package static func value(_ choice: Choice, of conflict: QuipuStorage.Conflict, in store: Store) throws
        -> [UInt8]
    {
        switch choice {
        case .current: return try text(conflict.current)
        case .other(let index):
            guard conflict.others.indices.contains(index) else {
                throw Obstacle.noSuchValue(count: conflict.others.count)
            }
            return try text(conflict.others[index])
        case .both:
            guard canJoin(conflict) else { throw Obstacle.notJoinable }
            let texts = try ([conflict.current] + conflict.others).map { decodeString(try text($0)) ?? "" }
            let json = canonicalString(texts.joined(separator: "\n\n"))
            try Kinds.checkBounds(field: conflict.field, json: json)
            return json
        case .merged:
            switch try store.merging.proposal(of: conflict) {
            case .text(let json): return json
            case .impossible(let obstacle): throw Obstacle.notMergeable(obstacle)
            }
        }
    }

    /// Only texts that are no names, dates or references make sense one after the other.
    package static func canJoin(_ conflict: QuipuStorage.Conflict) -> Bool {
        if conflict.isDeletion { return false }
        let type = Kinds.known[conflict.kind]?[conflict.field]?.type
        let contenders = [conflict.current] + conflict.others
        return (type == .text || type == .textOrList || type == nil)
            && contenders.allSatisfy { $0.json?.first == UInt8(ascii: "\"") }
    }

    private static func text(_ contender: Contender) throws -> [UInt8] {
        guard let json = contender.json else { throw Obstacle.textMissing(contender.version) }
        return json
    }
}
