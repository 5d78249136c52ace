internal import QuipuCausality
internal import QuipuStorage

/// Conflicts that were settled or have other values since they were shown.
package struct ChangedConflicts: Error {
    /// Places in the list of decisions.
    package let places: [Int]
}

extension Transaction {
    /// Settles a conflict, on all mirrors.
    ///
    ///     for conflict in try archive.read({ try $0.conflicts(of: id) }) {
    ///         try archive.write { try $0.resolve(conflict, with: .current) }
    ///     }
    ///
    /// - Throws: `notInConflict` if it is already settled; `changedMeanwhile` if another value has arrived, which
    ///   the caller has not seen; `notMergeable`; `textMissing`; `wrongType` for a choice that it does not offer.
    public mutating func resolve(_ conflict: Conflict, with resolution: Resolution) throws(QuipuError) {
        try requireUnchanged(conflict)
        if conflict.isDeletion {
            switch resolution {
            case .current: try delete(conflict.record)
            case .other(let index):
                guard conflict.others.indices.contains(index) else {
                    throw QuipuError(
                        ResolutionObstacle.noSuchValue(count: conflict.others.count), field: conflict.field)
                }
                try restore(conflict.record)
            case .both, .merged, .value:
                throw QuipuError(
                    .wrongType,
                    "\(conflict.record) was both deleted and edited: it can stay deleted or be restored")
            }
            return
        }
        do {
            if case .value(let value) = resolution {
                try edit(conflict.record) { $0[conflict.field] = value }
            } else {
                // The chosen value is already in the archive, so it is not checked against the kind.
                try put(
                    [(conflict.field, try value(resolution, of: conflict))], into: conflict.record)
            }
        } catch let obstacle as ResolutionObstacle {
            throw QuipuError(obstacle, field: conflict.field)
        } catch {
            throw QuipuError(error)
        }
    }

    /// Settles conflicts as somebody decided who was shown them.
    ///
    /// - Throws: `ChangedConflicts` if others have come since to what some of them were shown as; as `resolve`.
    package mutating func resolve(_ decisions: [(conflict: Conflict, resolution: Resolution)]) throws {
        var changed: [Int] = []
        for (index, (conflict, resolution)) in decisions.enumerated() {
            do throws(QuipuError) {
                try resolve(conflict, with: resolution)
            } catch {
                guard error.code == .notInConflict || error.code == .changedMeanwhile else { throw error }
                changed.append(index)
            }
        }
        if !changed.isEmpty { throw ChangedConflicts(places: changed) }
    }

    private func requireUnchanged(_ conflict: Conflict) throws(QuipuError) {
        let now = try QuipuError.presenting {
            try store.conflicts(of: conflict.record.stored, kind: conflict.record.kind.rawValue)
                .first { $0.field == conflict.field }
        }
        guard let now else {
            throw QuipuError(.notInConflict, "'\(conflict.field)' of \(conflict.record) is in no conflict")
        }
        func versions(_ conflict: QuipuStorage.Conflict) -> Set<TransactionName> {
            Set(([conflict.current] + conflict.others).map(\.version))
        }
        guard versions(now) == versions(conflict.stored) else {
            throw QuipuError(
                .changedMeanwhile,
                "'\(conflict.field)' of \(conflict.record) was changed since it was looked at")
        }
    }
}

extension QuipuError {
    fileprivate init(_ obstacle: ResolutionObstacle, field: String) {
        switch obstacle {
        case .noSuchValue(let count):
            self.init(.wrongType, "the conflict over '\(field)' has \(count) other values, counted from 0")
        case .notJoinable:
            self.init(
                .wrongType, "'\(field)' holds one value, so two values cannot be joined")
        case .notMergeable(let obstacle):
            self.init(.notMergeable, "the versions of '\(field)' cannot be merged: \(obstacle.rawValue)")
        case .textMissing(let version):
            self.init(.textMissing, "the text of \(version) is not on this mirror")
        }
    }
}
