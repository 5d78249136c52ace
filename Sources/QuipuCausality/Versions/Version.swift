public import QuipuCBOR

/// One value that a field was given. Versions made by the program can have twins: those with the same record, field,
/// value and replaced set are one version, with a member for each transaction that made it.
public struct Version: Sendable, Equatable {
    /// A transaction that made the version.
    public struct Member: Sendable, Hashable {
        /// Its position in this replica's log.
        public let position: Int64
        public let chain: ChainHash
        /// Its stamp, corrected by clock notes.
        public let stamp: Stamp

        public init(position: Int64, chain: ChainHash, stamp: Stamp) {
            self.position = position
            self.chain = chain
            self.stamp = stamp
        }
    }

    public let key: VersionKey
    public let value: ValueHash
    public let isByHand: Bool
    /// An automatic merge of versions of which at least one was made by hand.
    public let isMerge: Bool
    /// A null, set by hand by a transaction that also deletes the record (`Purge`).
    public let isPurge: Bool
    /// Sorted.
    public let replaces: [VersionKey]
    public private(set) var members: [Member]
    /// The member that represents it: the one with the least (stamp, chain hash).
    public private(set) var representative: Member
    public internal(set) var isHead: Bool

    /// Made by the program, and not a merge.
    public var isImport: Bool { !isByHand && !isMerge }

    public init(
        key: VersionKey, value: ValueHash, isByHand: Bool, isMerge: Bool, isPurge: Bool = false,
        replaces: [VersionKey], member: Member, isHead: Bool
    ) {
        self.key = key
        self.value = value
        self.isByHand = isByHand
        self.isMerge = isMerge
        self.isPurge = isPurge
        self.replaces = replaces
        members = [member]
        representative = member
        self.isHead = isHead
    }

    /// - Parameter member: a new one.
    mutating func join(_ member: Member) {
        members.append(member)
        if (member.stamp, member.chain) < (representative.stamp, representative.chain) {
            representative = member
        }
    }

    /// The order for visibility: edits by people before those of the program, then last writer wins; ties are broken
    /// by the key, which no copy or branch changes.
    public static func ranksBelow(_ left: Version, _ right: Version) -> Bool {
        if left.isByHand != right.isByHand { return right.isByHand }
        let (first, second) = (left.representative, right.representative)
        return (first.stamp, first.chain) < (second.stamp, second.chain)
    }
}

extension VersionKey {
    /// The key of a version made by a person: one transaction, one version.
    public init(byHand chain: ChainHash, record: RecordID, kind: String, field: String) {
        var writer = CBORWriter(capacityBytes: 128)
        self.init(byHand: chain, record: record, kind: kind, field: field, in: &writer)
    }

    /// Likewise, with room that is used again and again.
    public init(
        byHand chain: ChainHash, record: RecordID, kind: String, field: String, in writer: inout CBORWriter
    ) {
        writer.reset()
        writer.array(count: 5)
        writer.text("quipu version by hand 1")
        writer.hash(chain)
        writer.identifier(record)
        writer.text(kind)
        writer.text(field)
        rawValue = BLAKE2b.hash16(writer.bytes)
    }

    /// The key of a version made by the program, the same for all its twins.
    /// - Parameter replaces: sorted.
    public init(
        byProgram value: ValueHash, record: RecordID, kind: String, field: String, replaces: [VersionKey]
    ) {
        var writer = CBORWriter(capacityBytes: 128)
        self.init(
            byProgram: value, record: record, kind: kind, field: field, replaces: replaces, in: &writer)
    }

    /// Likewise, with room that is used again and again.
    public init(
        byProgram value: ValueHash, record: RecordID, kind: String, field: String, replaces: [VersionKey],
        in writer: inout CBORWriter
    ) {
        writer.reset()
        writer.array(count: 6)
        writer.text("quipu version by program 1")
        writer.identifier(record)
        writer.text(kind)
        writer.text(field)
        writer.hash(value)
        writer.array(count: replaces.count)
        for key in replaces { writer.identifier(key) }
        rawValue = BLAKE2b.hash16(writer.bytes)
    }
}
