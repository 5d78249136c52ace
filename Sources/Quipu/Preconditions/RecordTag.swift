internal import QuipuCausality
internal import QuipuStorage

/// Names a state of a record, for somebody who reads it now and edits it later: where this mirror's log had changed it last, and
/// a digest of the versions that its fields had there. Written as `17-000102030405060708090a0b0c0d0e0f`.
///
///     let (record, tag) = try archive.read { s in let r = try s.find("4f1f6a52"); return (r, try s.tag(of: r)) }
///     try archive.write { t in try t.edit(record.id, seen: .tag(tag)) { $0.title = "High water" } }
public struct RecordTag: Sendable, Hashable, LosslessStringConvertible {
    let position: Int64
    let digest: UInt128

    init(_ seen: SeenVersions) {
        position = seen.position
        digest = seen.digest
    }

    /// Nil if the text is not a valid `description`.
    public init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let position = Int64(parts[0]), position >= 0, parts[1].utf8.count == 32,
            parts[1].utf8.allSatisfy({ 48...57 ~= $0 || 97...102 ~= $0 }),
            let digest = UInt128(parts[1], radix: 16), String(position) == parts[0]
        else { return nil }
        self.position = position
        self.digest = digest
    }

    public var description: String {
        let digits = String(digest, radix: 16)
        return "\(position)-" + String(repeating: "0", count: 32 - digits.count) + digits
    }
}

/// The state of a record that an edit is based on, as its author saw it.
public enum SeenState: Sendable {
    case tag(RecordTag)
    /// As the tag says or, if there is none that this mirror knows, these versions of the fields that are edited, as
    /// `Snapshot.versions(of:)` gives them.
    case versions(RecordTag?, [String: [Version]])
}

extension Snapshot {
    /// Names the present state of a record.
    ///
    ///     let tag = try archive.read { try $0.tag(of: record) }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func tag(of record: Record) throws(QuipuError) -> RecordTag {
        try QuipuError.presenting { RecordTag(try store.records.seen(of: record.stored)) }
    }

    /// The versions that the fields of a record have now, by field: one, or several in conflict.
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func versions(of record: Record) throws(QuipuError) -> [String: [Version]] {
        try QuipuError.presenting {
            try store.records.heads(of: record.stored).mapValues { $0.map { Version($0) } }
        }
    }
}
