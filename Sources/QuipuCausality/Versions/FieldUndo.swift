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
    /// How to take versions of a field back: wherever a head is one of them, the nearest versions behind it that are none of
    /// them come back. Other heads are left alone.
    ///
    /// - A former value that another head has replaced too does not come back: that head has the last word, and its value
    ///   is given over the heads that are taken back, so that no conflict remains.
    /// - Several former values open their conflict again.
    /// - The program gives back what an import or a merge had, what stands beside other heads, and every value of a conflict
    ///   that opens again: whoever undoes the same makes the same versions, and no chain leaves a version by hand of its
    ///   own standing beside another one. Else it is an edit by hand.
    ///
    /// - Parameter taken: the keys of the versions to take back.
    /// - Returns: nil if no head is one of them.
    public func undoing(_ taken: Set<VersionKey>) -> FieldUndo? {
        let replaced = heads.filter { taken.contains($0.key) }
        if replaced.isEmpty { return nil }
        let others = heads.filter { !taken.contains($0.key) }
        let former = nearest(behind: replaced, outside: taken)
        let isImport = replaced.allSatisfy(\.isImport)
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
        return FieldUndo(
            replaced: replaced, values: values, isByHand: !isImport && others.isEmpty && values.count <= 1)
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
