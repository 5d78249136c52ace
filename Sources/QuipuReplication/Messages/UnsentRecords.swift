internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Records that the program created here and that the peer lacks, by their keys. Before they are sent, the peer is
/// asked for its own records, which may be the same.
struct UnsentRecords {
    /// The identity of the record at this replica.
    private struct Place {
        var position: Int64
        var index: Int
    }

    private let salt: UInt64
    private let held: Vector
    private var places: [UInt64: Place] = [:]
    /// Keys that the current message has used.
    private var named: Set<UInt64> = []
    private var textBytes = 0
    /// The position up to which the log has been read.
    private var position: Int64
    private var hasMore = false
    private var open: (position: Int64, transaction: Transaction)?

    /// - Parameters:
    ///   - held: the peer's vector.
    ///   - leastBytes: of text values.
    /// - Returns: nil if there are fewer bytes of such texts.
    init?(in store: Store, notIn held: Vector, from leastBytes: Int) throws {
        guard let first = try store.log.firstPosition(notIn: held) else { return nil }
        (self.held, position) = (held, first - 1)
        salt = store.environment.randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) }
        try fill(from: store)
        if places.isEmpty || textBytes < leastBytes { return nil }
    }

    /// Whether there are such records with at least that many bytes of text.
    static func areMany(in store: Store, notIn held: Vector, from leastBytes: Int) throws -> Bool {
        guard let first = try store.log.firstPosition(notIn: held) else { return false }
        var sum = 0
        try store.log.forEachTransaction(after: first - 1, notIn: held, isByProgram: true) {
            _, _, textBytes in
            sum += textBytes
            return sum < leastBytes
        }
        return sum >= leastBytes
    }

    /// Adds more records while there is room.
    mutating func fill(from store: Store) throws {
        guard places.isEmpty || hasMore && places.count <= KeyFilter.maximumKeys / 2 else { return }
        hasMore = false
        try store.log.forEachTransaction(after: position, notIn: held, isByProgram: true) {
            transaction, position, textBytes in
            guard places.count + transaction.records.count <= KeyFilter.maximumKeys else {
                hasMore = true
                return false
            }
            for (index, record) in transaction.records.enumerated() {
                places[record.key(salt: salt)] = Place(position: position, index: index)
            }
            self.textBytes += textBytes
            self.position = position
            return true
        }
    }

    /// - Parameter roomBytes: the room for its keys.
    /// - Returns: nil if there is nothing to list.
    func filter(roomBytes: Int) -> KeyFilter? {
        let count = min(places.count, KeyFilter.keyCount(roomBytes: roomBytes))
        guard count > 0 else { return nil }
        let first =
            places.sorted { ($0.value.position, $0.value.index) < ($1.value.position, $1.value.index) }
            .prefix(count).map(\.key)
        return KeyFilter(first, salt: salt, isPartial: hasMore || count < places.count)
    }

    /// The record with a key, at most once in a message; nil if there is none.
    mutating func take(_ key: UInt64, from store: Store) throws -> RecordChanges? {
        guard let place = places[key], named.insert(key).inserted else { return nil }
        if open?.position != place.position {
            open = try store.log.transaction(at: place.position).map { (place.position, $0) }
        }
        guard let records = open?.transaction.records, place.index < records.count else { return nil }
        return records[place.index]
    }

    /// The peer has the records that were named; they need not be sent.
    mutating func confirm() {
        for key in named { places[key] = nil }
        named = []
    }

    /// The named records were not applied.
    mutating func release() { named = [] }
}
