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
        wants = try store.texts.wanted(limit: Self.usualWants).map { try .init($0, in: store) }
    }

    /// Asks for more texts than usual where many short ones are missing.
    mutating func askForMore(of store: Store) throws {
        guard missingTexts > UInt64(wants.count), wants.count == Self.usualWants else { return }
        wants = try store.texts.wanted(
            limit: Self.mostWants, roomBytes: Self.wantedBytes, atLeast: Self.usualWants
        )
        .map { try .init($0, in: store) }
    }

    private static let mostWants = 512
    private static let wantedBytes = 1 << 20

    /// Asks a peer that counts its bytes for the texts that are needed first, and says how many bytes are missing.
    mutating func tellUrgent(of store: Store, roomBytes: UInt64, asks: Bool) throws {
        missingBytes = UInt64(try store.texts.waiting().sizeBytes)
        guard asks else { return }
        let room = Int(min(roomBytes, 1 << 30)) * 2
        let urgent = try store.texts.urgent(
            limit: Self.usualWants * 3 / 4, roomBytes: max(room, Self.leastUrgentBytes))
        var asked = Set(urgent.map(\.hash))
        // What the peer has not got must not stand before what it has.
        let others = wants.prefix(Self.usualWants / 4).filter { asked.insert($0.hash).inserted }
        wants = try urgent.map { try .init($0, in: store) }
        if missingTexts > UInt64(wants.count) { wants += others }
    }

    private static let leastUrgentBytes = 16 << 10

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

    /// Leaves out the places of texts for which the header has no room.
    mutating func dropPlacesWithoutRoom() {
        var lackingBytes = -roomForFilterBytes
        for index in wants.indices.reversed() where lackingBytes > 0 {
            lackingBytes -= wants[index].place?.sizeBytes ?? 0
            wants[index].place = nil
        }
    }

    /// Bytes of the header that are left for a filter.
    var roomForFilterBytes: Int {
        let told =
            64 * (entries.count + probed.count) + 36 * branchStarts.count + 20 * lacks.count
            + wants.reduce(0) { $0 + 48 + ($1.place?.sizeBytes ?? 0) }
        return Self.maximumBytes - 2_048 - told
    }

    /// The sender's clock, and whether it is synchronized.
    var clock: ClockReading {
        get { ClockReading(milliseconds: clockMilliseconds, isSynchronized: isClockSynchronized) }
        set { (clockMilliseconds, isClockSynchronized) = (newValue.milliseconds, newValue.isSynchronized) }
    }
}

extension MessageHeader.Want {
    /// A missing text, with a field that shows it.
    init(_ text: (hash: ValueHash, haveBytes: Int), in store: Store) throws {
        self.init(hash: text.hash, offset: UInt64(text.haveBytes))
        if let found = try store.texts.place(ofMissing: text.hash) {
            place = MessageHeader.Place(record: found.record, kind: found.kind, field: found.field)
        }
    }

    /// The text, if it is here.
    func text(in store: Store) throws -> [UInt8]? {
        guard let place else { return try store.texts.text(of: hash) }
        return try store.texts.text(of: hash, shownBy: place.field, of: place.record, kind: place.kind)
    }
}
