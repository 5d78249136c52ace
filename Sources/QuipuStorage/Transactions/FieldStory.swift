public import QuipuCausality

/// A version of a field, as the story of the field tells it.
public struct FieldStoryVersion: Sendable {
    public var name: TransactionName
    public var author: String
    public var timeMilliseconds: Int64
    public var isByProgram: Bool
    /// An automatic merge of texts that people wrote.
    public var isMerge: Bool
    /// The words of the entry that it belongs to.
    public var words: String?
    public var value: ValueHash
    /// Canonical JSON; nil where the text is not here.
    public var json: [UInt8]?
    /// What it replaced, by name.
    public var replaces: [TransactionName]
    /// How many different values it replaced.
    public var replacedValues: Int
    /// What replaced it, in the order of this log; nil for a head.
    public var replacedBy: TransactionName?
    public var isHead: Bool
    public var isVisible: Bool
    /// It was shown on this mirror at some time.
    public var wasShown: Bool
    /// Up to what it was shown, if it is no longer.
    public var shownUntil: TransactionName?
    /// Where this mirror's log holds the first transaction that made it.
    public var position: Int64
}

extension Log {
    /// What gave a field of a record, or of one that is merged into it, a value first, in the order of this log.
    ///
    /// - Parameter value: its hash, in hexadecimal.
    public func version(thatGave value: String, to field: String, of record: Record) throws
        -> TransactionName?
    {
        guard let row = try interning.knownNameRow(field, in: database) else { return nil }
        var first: Int64?
        for member in try [record.row] + merges.members(of: record.row) {
            let state = try recordStates.record(row: member)
            for version in try recordStates.versions(of: field, row: row, in: state).versions.versions
            where version.value.hexadecimal == value && version.firstPosition < first ?? .max {
                first = version.firstPosition
            }
        }
        return try first.map { try name(at: $0) }
    }

    /// All versions of a field, in the order in which this mirror got them.
    public func story(of record: Record, field: String) throws -> [FieldStoryVersion] {
        guard let row = try interning.knownNameRow(field, in: database) else { return [] }
        let state = try recordStates.record(row: record.row)
        let all = try recordStates.versions(of: field, row: row, in: state).versions
        let ordered = all.versions.sorted { $0.firstPosition < $1.firstPosition }
        var then = FieldVersions()
        var shown: VersionKey?
        var wasShown: Set<VersionKey> = []
        var hiddenBy: [VersionKey: Version] = [:]
        var replacedBy: [VersionKey: Version] = [:]
        for version in ordered {
            for key in then.insert(version).lost { replacedBy[key] = version }
            guard let visible = then.visible?.key, visible != shown else { continue }
            if let shown { hiddenBy[shown] = version }
            hiddenBy[visible] = nil
            wasShown.insert(visible)
            shown = visible
        }
        func name(_ version: Version) throws -> TransactionName {
            try self.name(at: version.representative.position)
        }
        return try ordered.map { version in
            let headline = try headline(at: version.representative.position)
            let replaced = version.replaces.compactMap { all[$0] }
            let words = try words(of: headline.version)
            return FieldStoryVersion(
                name: headline.version, author: headline.author, timeMilliseconds: headline.timeMilliseconds,
                isByProgram: headline.isByProgram, isMerge: version.isMerge && words == nil, words: words,
                value: version.value,
                json: try recordStates.text(of: version, visible: all.visible, field: field, in: state),
                replaces: try replaced.map(name), replacedValues: Set(replaced.map(\.value)).count,
                replacedBy: try replacedBy[version.key].map(name), isHead: version.isHead,
                isVisible: version.key == all.visible?.key, wasShown: wasShown.contains(version.key),
                shownUntil: try hiddenBy[version.key].map(name), position: version.firstPosition)
        }
    }
}
