/// The effect of undoing some versions of a field.
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
    ///   that opens again: replicas that undo the same make the same versions, and no chain leaves a version by hand of its
    ///   own standing beside another one. Else it is an edit by hand.
    ///
    /// - Parameters:
    ///   - taken: the keys of the versions to take back.
    ///   - originals: what the versions that undos made stand for.
    /// - Returns: nil if no head is taken back.
    public func undoing(_ taken: Set<VersionKey>, _ originals: UndoOriginals) -> FieldUndo? {
        var replaced: [Version] = []
        var others: [Version] = []
        var beginnings: [Version] = []
        for head in heads {
            if let meant = originals.chain(head.key).first(where: taken.contains).flatMap({ self[$0] }) {
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

    /// Whether a conflict may have been opened again by an undo: the program gave several values for the same versions.
    public var mayHoldReopenedConflict: Bool {
        var values: [[VersionKey]: ValueHash] = [:]
        for version in versions where !version.isByHand && !version.replaces.isEmpty {
            if let known = values.updateValue(version.value, forKey: version.replaces), known != version.value
            {
                return true
            }
        }
        return false
    }

    private func isReplaced(_ version: Version, by others: [Version]) -> Bool {
        past(of: others).contains(version.key)
            || others.contains { $0.key == version.key || alsoReplaces($0, version) }
    }
}

/// What the versions that undos made stand for: each for the one that came back with it.
public struct UndoOriginals: Sendable {
    private static let falseHash = ValueHash(of: JSONLiteral.false)

    private var originals: [VersionKey: VersionKey] = [:]
    private var nothing: Set<VersionKey> = []
    /// Versions that an undo gave back together with others, as the values of a conflict.
    private var reopened: Set<VersionKey> = []

    /// No version is known to be of an undo.
    public init() {}

    /// - Parameter counts: of the versions that undos made, whether an undo (1), an undo of that (2) and so on did.
    public init(_ versions: FieldVersions, counts: [VersionKey: UInt64]) {
        if counts.isEmpty { return }
        // A version comes after all that it replaces, so the originals of that are known.
        for version in versions.versions {
            guard let count = counts[version.key] else { continue }
            // An undo takes back what no undo made, an undo of it what that made.
            let taken = version.replaces.compactMap { key in
                chain(key).first { (counts[$0] ?? 0) == count - 1 }.flatMap { versions[$0] }
            }
            func same(_ keys: some Sequence<VersionKey>) -> [Version] {
                keys.compactMap { versions[$0] }.filter { $0.value == version.value }
            }
            let direct = same(taken.flatMap(\.replaces))
            let all = direct.isEmpty ? same(versions.past(of: taken)) : direct
            let behind = versions.past(of: all)
            if let latest = all.filter({ !behind.contains($0.key) }).max(by: { Version.ranksBelow($0, $1) }) {
                originals[version.key] = latest.key
            } else if [JSONLiteral.nullHash, Self.falseHash].contains(version.value) {
                nothing.insert(version.key)
            }
        }
        let groups = Dictionary(grouping: versions.versions.filter { counts[$0.key] != nil }, by: \.replaces)
        for group in groups.values where Set(group.map(\.value)).count > 1 {
            reopened.formUnion(group.filter { !$0.isByHand }.map(\.key))
        }
    }

    /// Of a version that an undo gave back as one of the values of a conflict, the version that it stands for, if that is
    /// known; nil for any other version.
    func origin(of key: VersionKey) -> [VersionKey]? {
        reopened.contains(key) ? [originals[key]].compactMap(\.self) : nil
    }

    /// A version, what it stands for, what that stands for, and so on.
    public func chain(_ key: VersionKey) -> [VersionKey] {
        var found = [key]
        while let last = found.last, let next = originals[last] { found.append(next) }
        return found
    }

    /// Whether it stands for no value at all: an undo took away what had been added.
    public func isNothing(_ key: VersionKey) -> Bool { chain(key).last.map(nothing.contains) ?? false }
}
