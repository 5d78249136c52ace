internal import QuipuCausality
internal import QuipuSQLite

/// What a transaction's body says that is never rewritten, unlike what is before it in its chain.
struct KeptBody {
    let records: [LogBody.Entry]
    /// What it lists as observed.
    let observed: LogPositions
    let unknown: [UInt8]
    private let position: Int64

    /// Whether its author had seen what stands at a log position: what it lists, and its own changes.
    func hasSeen(_ other: Int64) -> Bool { other == position || observed.contains(other) }

    fileprivate init(_ body: LogBody, at position: Int64) {
        records = body.records
        self.position = position
        observed = LogPositions(body.observed)
        unknown = body.unknown
    }
}

/// The large bodies that were asked for last. One transaction may have changed thousands of records, and a
/// loop over these asks for its body at each.
struct KeptBodies {
    /// Smaller ones are decoded again as fast.
    private static let leastBytes = 256
    private static let most = 8

    private var entries: [(position: Int64, body: KeptBody)] = []
    /// How many bodies were decoded, kept or not: what tests of costs count.
    fileprivate(set) var decodedCount = 0

    fileprivate subscript(position: Int64) -> KeptBody? {
        entries.first { $0.position == position }?.body
    }

    fileprivate mutating func insert(_ body: KeptBody, sizeBytes: Int, at position: Int64) {
        guard sizeBytes >= Self.leastBytes else { return }
        if entries.count == Self.most { entries.removeFirst() }
        entries.append((position, body))
    }

    mutating func forget() { entries = [] }
}

extension Log {
    /// The same as `body(at:)`, less what is rewritten where a chain branches; the last large ones are decoded once.
    func keptBody(at position: Int64) throws -> KeptBody {
        if let kept = archive.keptBodies[position] { return kept }
        let (body, sizeBytes) = try decodedBody(at: position)
        let kept = KeptBody(body, at: position)
        archive.keptBodies.insert(kept, sizeBytes: sizeBytes, at: position)
        return kept
    }

    func body(at position: Int64) throws -> LogBody { try decodedBody(at: position).body }

    private func decodedBody(at position: Int64) throws -> (body: LogBody, sizeBytes: Int) {
        guard let bytes = try database.bytes("SELECT body FROM log WHERE position = ?", .integer(position)),
            let body = LogBody(decoding: bytes, at: position)
        else { throw StorageError.damaged(database.path, "log position \(position) is not readable") }
        archive.keptBodies.decodedCount += 1
        return (body, bytes.count)
    }
}
