/// What an undo of some versions of a field does to it.
public struct FieldUndo: Sendable {
    /// The heads that are taken back: what an undo replaces, and all that it replaces.
    public let replaced: [Version]
    /// What comes back, each with the versions that have that value; the value that is to be visible is the last. Empty if
    /// the field had no value.
    public let values: [[Version]]
    /// Whether a person gives it back; else the program does.
    public let isByHand: Bool
}

extension FieldVersions {
    /// How to take versions of a field back: wherever a head is one of them, or was given back by an undo in the place of
    /// one of them, the nearest versions behind it that are none of them come back. Other heads are left alone.
    ///
    /// - A former value that another head has replaced too does not come back: that head has the last word, and its value
    ///   is given over the heads that are taken back, so that no conflict remains.
    /// - Several former values open their conflict again.
    /// - The program gives back what an import had replaced, what stands beside edits by hand, and every value of a conflict
    ///   that opens again: whoever undoes the same makes the same versions, and no chain leaves a version by hand of its
    ///   own standing beside another one. Else it is an edit by hand.
    ///
    /// - Parameters:
    ///   - taken: the keys of the versions to take back.
    ///   - undos: the keys of the versions that undos made.
    /// - Returns: nil if no head is taken back.
    public func undoing(_ taken: Set<VersionKey>, undos: Set<VersionKey>) -> FieldUndo? {
        var replaced: [Version] = []
        var others: [Version] = []
        var beginnings: [Version] = []
        for head in heads {
            if let meant = originals(of: head, undos: undos).versions.first(where: { taken.contains($0.key) })
            {
                replaced.append(head)
                beginnings.append(meant)
            } else {
                others.append(head)
            }
        }
        if replaced.isEmpty { return nil }
        let former = nearest(behind: beginnings, outside: taken)
        if let shown = others.max(by: { Version.ranksBelow($0, $1) }),
            former.allSatisfy({ isReplaced($0, by: others) })
        {
            return FieldUndo(replaced: replaced, values: [[shown]], isByHand: false)
        }
        var values: [[Version]] = []
        for version in former.sorted(by: { Version.ranksBelow($0, $1) }) {
            if let place = values.firstIndex(where: { $0[0].value == version.value }) {
                values.append(values.remove(at: place) + [version])
            } else {
                values.append([version])
            }
        }
        let isByHand =
            !replaced.allSatisfy(\.isImport) && values.count <= 1 && !others.contains(where: \.isByHand)
        return FieldUndo(replaced: replaced, values: values, isByHand: isByHand)
    }

    /// The versions that a version stands for: itself, and if an undo made it, the one that came back with it, which is the
    /// latest with that value behind it, and what that one stands for.
    ///
    /// - Returns: and whether they end where no value was before, which an undo took away.
    public func originals(
        of version: Version, undos: Set<VersionKey>
    ) -> (versions: [Version], endsInNothing: Bool) {
        var found = [version]
        while let last = found.last, undos.contains(last.key) {
            let same = past(of: last).compactMap { self[$0] }.filter { $0.value == last.value }
            let behind = past(of: same)
            guard
                let latest = same.filter({ !behind.contains($0.key) }).max(by: { Version.ranksBelow($0, $1) })
            else { return (found, true) }
            found.append(latest)
        }
        return (found, false)
    }

    /// The latest versions behind some that are not among `taken`.
    private func nearest(behind versions: [Version], outside taken: Set<VersionKey>) -> [Version] {
        var found: Set<VersionKey> = []
        var looked: Set<VersionKey> = []
        var open = versions
        while let version = open.popLast() {
            for key in version.replaces where looked.insert(key).inserted {
                guard taken.contains(key) else {
                    found.insert(key)
                    continue
                }
                if let behind = self[key] { open.append(behind) }
            }
        }
        let nearest = found.compactMap { self[$0] }
        let behind = past(of: nearest)
        return nearest.filter { !behind.contains($0.key) }
    }

    private func isReplaced(_ version: Version, by others: [Version]) -> Bool {
        past(of: others).contains(version.key)
            || others.contains { $0.key == version.key || alsoReplaces($0, version) }
    }
}
