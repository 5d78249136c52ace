internal import QuipuCanonicalJSON
internal import QuipuStorage

/// Why a resolution gives no value.
package enum ResolutionObstacle: Error, Sendable {
    case noSuchValue(count: Int)
    /// It holds no texts.
    case notJoinable
    case notMergeable(MergeObstacle)
    /// The text of this version is not here.
    case textMissing(Version)
}

extension Transaction {
    /// The value that a resolution gives the field.
    ///
    /// - Returns: canonical JSON.
    /// - Throws: `ResolutionObstacle`, `QuipuError`.
    package func value(_ resolution: Resolution, of conflict: Conflict) throws -> [UInt8] {
        switch resolution {
        case .value(let value): return value.json
        case .current: return try Self.text(conflict.current)
        case .other(let index):
            guard conflict.others.indices.contains(index) else {
                throw ResolutionObstacle.noSuchValue(count: conflict.others.count)
            }
            return try Self.text(conflict.others[index])
        case .both:
            guard conflict.isJoinable else { throw ResolutionObstacle.notJoinable }
            let texts = try ([conflict.current] + conflict.others).map {
                decodeString(try Self.text($0)) ?? ""
            }
            let json = canonicalString(texts.joined(separator: "\n\n"))
            return try QuipuError.presenting {
                try Kinds.checkBounds(field: conflict.field, json: json)
                return json
            }
        case .merged:
            switch try before.mergeProposal(for: conflict) {
            case .text(let text): return canonicalString(text)
            case .impossible(let obstacle): throw ResolutionObstacle.notMergeable(obstacle)
            }
        }
    }

    /// The value that a typed word gives the field of a conflict.
    ///
    /// - Returns: canonical JSON.
    /// - Throws: `wrongType`, `tooLarge`.
    package func value(ofWord word: String, for conflict: Conflict) throws(QuipuError) -> [UInt8] {
        try conflict.value(ofWord: word)
    }

    private static func text(_ choice: Conflict.Choice) throws -> [UInt8] {
        guard let json = choice.json else { throw ResolutionObstacle.textMissing(choice.version) }
        return json
    }
}
