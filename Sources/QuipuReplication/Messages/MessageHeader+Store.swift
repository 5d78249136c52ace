internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

extension MessageHeader {
    /// The state of a replica as every message states it. Call it within one read transaction.
    init(describing store: Store, knowing knowledge: Knowledge) throws {
        self.init()
        archive = store.id
        clock = try store.clock.reading()
        vectorHash = knowledge.hash
        digest = try store.digest
        position = UInt64(clamping: try store.position)
        missingTexts = UInt64(try store.texts.missingCount)
        wants = try store.texts.wanted(limit: Self.usualWants).map {
            .init(hash: $0.hash, offset: UInt64($0.haveBytes))
        }
    }

    /// Refuses a message that this version cannot understand.
    func requireKnownProtocol() throws(ReplicationError) {
        guard protocolVersion == Self.protocolVersion else {
            throw ReplicationError(
                .newerProtocol, "the other side speaks protocol \(protocolVersion)",
                hint: "install the newer Quipu on both sides")
        }
    }

    /// Refuses a reply that this version cannot understand, or that is about another archive.
    func requireReply(about store: Store) throws(ReplicationError) {
        try requireKnownProtocol()
        guard archive == store.id else {
            throw ReplicationError(
                .otherArchive, "the other side holds another archive",
                hint: "sync with a mirror of the same archive, or clone that one to a new folder")
        }
    }

    /// Bytes of the header that are left for a filter.
    var roomForFilterBytes: Int {
        let told = 64 * entries.count + 36 * branchStarts.count + 48 * wants.count + 20 * lacks.count
        return Self.maximumBytes - 2_048 - told
    }

    /// The sender's clock, and whether it is synchronized.
    var clock: ClockReading {
        get { ClockReading(milliseconds: clockMilliseconds, isSynchronized: isClockSynchronized) }
        set { (clockMilliseconds, isClockSynchronized) = (newValue.milliseconds, newValue.isSynchronized) }
    }
}
