internal import QuipuCausality

/// Of keys that more records have than an import looks at, those with the least ids, the same on every replica.
///
/// To find them all records with the key are read and sorted. So they are kept from item to item and from batch to batch, and
/// a record that gets such a key later takes its place among them: very many items with one text cost what they write.
struct LeastRecords {
    enum Key: Hashable {
        case natural(Int64)
        /// A value of a field, by the row of its name.
        case value(ValueHash, Int64)
    }

    typealias Place = (id: RecordID, row: Int64)

    /// Of more records with one key these are looked at.
    static let most = 64
    private static let mostKeys = 1_024

    /// Of what state of the database they were read; it changes with what other connections write.
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
