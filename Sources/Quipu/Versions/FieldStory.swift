internal import QuipuCausality
internal import QuipuStorage

/// Why a field shows what it shows: all its versions, and the rule by which the visible one was chosen.
///
///     let story = try archive.read { try $0.story(of: id, field: "title") }
///     for version in story.versions { print(version.author, version.value ?? .null) }
public struct FieldStory: Sendable {
    public struct Entry: Sendable {
        public let version: Version
        public let author: String
        /// Unix milliseconds.
        public let timeMilliseconds: Int64
        /// An import or a merge made it, not a person.
        public let isByProgram: Bool
        /// What was done, in the words of the command.
        public let words: String?
        /// Canonical JSON; nil if the text is not on this mirror.
        public let json: [UInt8]?
        /// The versions that it replaced.
        public let replaces: [Version]
        /// The version that replaced it; nil if none did.
        public let replacedBy: Version?
        /// It is the value that is shown.
        public let isShown: Bool
        /// Nothing replaced it and another version with another value is shown: it is kept until somebody settles the conflict.
        public let isInConflict: Bool
        /// It was shown here at some time.
        public let wasShown: Bool
        /// With what it ceased to be shown; nil if it never was, or still is.
        public let shownUntil: Version?
        /// The remotes that are not known to have it.
        public let unknownTo: [String]

        /// Nil if the text is not on this mirror.
        public var value: Value? { json.flatMap { Value(json: $0) } }
    }

    /// Why one of the versions is shown.
    public enum Rule: Sendable, Equatable {
        /// It is the only one that nothing replaced.
        case onlyOne
        /// Somebody chose it over versions that were in conflict.
        case settled(by: String)
        /// The program merged the texts of several people.
        case merged
        /// A person wrote it, and what stands beside it was imported or merged.
        case personOverProgram
        /// It is the latest of several that were written without knowledge of each other.
        case latest
    }

    public let record: RecordID
    public let field: String
    /// Oldest first, in the order in which this mirror got them.
    public let versions: [Entry]
    /// Nil if the field never had a value.
    public let rule: Rule?

    /// The version that is shown.
    public var shown: Entry? { versions.first { $0.isShown } }
}

extension Snapshot {
    /// The story of a field's value.
    ///
    /// - Returns: without versions if the record never had the field.
    /// - Throws: `unknownRecord`.
    public func story(of id: RecordID, field: String) throws(QuipuError) -> FieldStory {
        try QuipuError.presenting {
            let found = try store.log.story(of: store.known(id), field: field)
            let remotes = try store.remotes.all()
            let shown = found.first { $0.isVisible }
            let entries = found.map { version in
                FieldStory.Entry(
                    version: Version(version.name), author: version.author,
                    timeMilliseconds: version.timeMilliseconds, isByProgram: version.isByProgram,
                    words: version.words, json: version.json, replaces: version.replaces.map { Version($0) },
                    replacedBy: version.replacedBy.map { Version($0) }, isShown: version.isVisible,
                    isInConflict: version.isHead && version.value != shown?.value
                        && !SourceMemory.isMemory(field),
                    wasShown: version.wasShown, shownUntil: version.shownUntil.map { Version($0) },
                    unknownTo: remotes.filter { $0.agreement?.ownPosition ?? 0 < version.position }.map(
                        \.name))
            }
            return FieldStory(record: id, field: field, versions: entries, rule: Self.rule(found))
        }
    }

    private static func rule(_ versions: [FieldStoryVersion]) -> FieldStory.Rule? {
        guard let shown = versions.first(where: { $0.isVisible }) else { return nil }
        let others = versions.filter { $0.isHead && $0.value != shown.value }
        if others.isEmpty {
            if shown.isMerge { return .merged }
            return shown.replacedValues > 1 ? .settled(by: shown.author) : .onlyOne
        }
        return !shown.isByProgram && others.allSatisfy(\.isByProgram) ? .personOverProgram : .latest
    }
}

extension FieldStory.Entry {
    /// What the command and the HTTP interface tell of a version, under the same names.
    package var members: [(String, JSONText)] {
        [
            ("version", JSONText(version.description)), ("author", JSONText(author)),
            ("timeMilliseconds", JSONText(timeMilliseconds)), ("byProgram", JSONText(isByProgram)),
            ("words", JSONText(words)), ("value", json.map { JSONText(raw: $0) } ?? nil),
            ("valueMissing", JSONText(json == nil)), ("replaces", JSONText(replaces.map(\.description))),
            ("replacedBy", JSONText(replacedBy?.description)), ("shown", JSONText(isShown)),
            ("inConflict", JSONText(isInConflict)), ("wasShown", JSONText(wasShown)),
            ("shownUntil", JSONText(shownUntil?.description)), ("unknownTo", JSONText(unknownTo)),
        ]
    }
}
