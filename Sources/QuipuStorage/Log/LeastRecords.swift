internal import QuipuCausality

/// A cache of the candidates of an import for keys that very many records share. An import compares an item with the `most`
/// records that have the least ids, which are the same on every replica.
///
/// Finding them means to read and sort all records with the key, so they are kept between items and batches, and a record
/// that gets such a key later is inserted in order. Importing very many items with one text thus costs what it writes.
struct LeastRecords {
    enum Key: Hashable {
        case natural(Int64)
        /// A value of a field, by the row of its name.
        case value(ValueHash, Int64)
    }

    typealias Place = (id: RecordID, row: Int64)

    /// The greatest number of records with one key that an import looks at.
    static let most = 64
    private static let mostKeys = 1_024

    /// `PRAGMA data_version` when they were read: it changes when another connection commits.
    private var dataVersion: Int64?
    private var known: [Key: [Place]] = [:]

    mutating func forget() { known = [:] }

    /// - Precondition: from here on nobody else writes until they are looked up no more.
    mutating func begin(at dataVersion: Int64) {
        if self.dataVersion != dataVersion { forget() }
        self.dataVersion = dataVersion
    }

    /// The rows of the records, in the order of their ids; nil where they are not known.
    func rows(with key: Key) -> [Int64]? { known[key]?.map(\.row) }

    /// - Parameter places: `most` of them, in the order of their ids.
    mutating func keep(_ places: [Place], with key: Key) {
        if known.count == Self.mostKeys { forget() }
        known[key] = places
    }

    /// Notes that a record has a key from now on.
    mutating func note(_ key: Key, row: Int64, id: () throws -> RecordID) rethrows {
        guard let places = known[key], !places.contains(where: { $0.row == row }) else { return }
        let id = try id()
        guard let next = places.firstIndex(where: { id < $0.id }) else { return }
        known[key]?.insert((id, row), at: next)
        known[key]?.removeLast()
    }
}
