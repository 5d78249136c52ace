internal import QuipuCausality
internal import QuipuSQLite

/// A part of the log that was looked through for transactions that go on with an entry. Behind the first one of each entry
/// these are sought among the next thousand; of entries that are asked for from the newest on the thousands are mostly the
/// same, and are read once.
struct EntryWindow {
    /// A transaction, and if it goes on with an entry, where that begins.
    typealias Row = (position: Int64, first: Int64?)

    private static let mostRows = 65_536

    /// Whose transactions, by the row of the origin; 0 for everybody's.
    fileprivate let origin: Int64
    /// All that stands behind this position is here, up to where the window ends.
    fileprivate private(set) var start: Int64
    /// Nothing stands behind the window.
    fileprivate var isAtEnd = false
    /// The newest first.
    private var positions: [Int64] = []
    /// By where entries begin, where the transactions that go on with them are in `positions`.
    private var places: [Int64: [Int]] = [:]

    fileprivate init(of origin: Int64, after start: Int64) { (self.origin, self.start) = (origin, start) }

    fileprivate var isFull: Bool { positions.count >= Self.mostRows }

    /// - Parameter rows: what stands before the window and behind `start`, the newest first.
    fileprivate mutating func add(_ rows: some Sequence<Row>, after start: Int64) {
        for row in rows {
            if let first = row.first { places[first, default: []].append(positions.count) }
            positions.append(row.position)
        }
        self.start = start
    }

    /// The transactions that go on with an entry, ascending; nil where more of them may stand behind the window.
    /// - Parameter first: where it begins, in the window or just before it.
    fileprivate func continuations(of first: Int64) -> [Int64]? {
        // Its place: as many are newer.
        var (place, end) = (0, positions.count)
        while place < end {
            let middle = (place + end) / 2
            if positions[middle] > first { place = middle + 1 } else { end = middle }
        }
        var found: [Int64] = []
        for next in (places[first] ?? []).reversed() {
            if place - next > Log.mostBetween { return found }
            found.append(positions[next])
            place = next
        }
        return isAtEnd || place >= Log.mostBetween ? found : nil
    }
}

extension Log {
    /// The transactions of the entry that one belongs to, ascending.
    /// - Parameter window: what was looked through for an entry before.
    func positions(ofEntryWith position: Int64, in window: inout EntryWindow?) throws -> [Int64] {
        let first = try firstPosition(ofEntryAt: position)
        guard case .first = try mark(at: first)?.place else { return [position] }
        // A chain that branched goes on under another name.
        let origin =
            try branchStarts.isEmpty
            ? database.integer("SELECT origin FROM log WHERE position = ?", .integer(first)) ?? 0 : 0
        var looked = try moved(window, to: first, of: origin)
        var found = looked.continuations(of: first)
        if found == nil {
            looked = try freshWindow(behind: first, of: origin)
            found = looked.continuations(of: first)
        }
        window = looked
        let all = [first] + (found ?? [])
        // What stands too far behind the others is an entry by itself.
        return all.contains(position) ? all : [position]
    }

    /// A window with what stands behind the beginning of an entry.
    private func moved(_ window: EntryWindow?, to first: Int64, of origin: Int64) throws -> EntryWindow {
        guard var window, window.origin == origin else { return try freshWindow(behind: first, of: origin) }
        if window.start <= first { return window }
        if window.isFull { return try freshWindow(behind: first, of: origin) }
        var found: [EntryWindow.Row] = []
        var rows = try database.rows(
            """
            SELECT position, body
            FROM log
            WHERE position > ?1 AND position <= ?2 AND (?3 = 0 OR origin = ?3)
            ORDER BY position DESC
            """, .integer(first), .integer(window.start), .integer(origin))
        while try rows.next() {
            if found.count == Self.mostBetween { return try freshWindow(behind: first, of: origin) }
            found.append((rows.integer(0), try beginning(continuedAt: rows.integer(0), rows.bytes(1))))
        }
        window.add(found, after: first)
        return window
    }

    private func freshWindow(behind first: Int64, of origin: Int64) throws -> EntryWindow {
        var window = EntryWindow(of: origin, after: first)
        var found: [EntryWindow.Row] = []
        var between = 0
        var rows = try database.rows(
            "SELECT position, body FROM log WHERE position > ?1 AND (?2 = 0 OR origin = ?2) ORDER BY position",
            .integer(first), .integer(origin))
        while between < Self.mostBetween {
            guard try rows.next() else {
                window.isAtEnd = true
                break
            }
            let beginning = try beginning(continuedAt: rows.integer(0), rows.bytes(1))
            found.append((rows.integer(0), beginning))
            between = beginning == first ? 0 : between + 1
        }
        window.add(found.reversed(), after: first)
        return window
    }

    /// Where the entry begins that a transaction goes on with; nil where it does not.
    private func beginning(continuedAt position: Int64, _ bytes: [UInt8]) throws -> Int64? {
        guard let body = LogBody(decoding: bytes, at: position),
            case .continuing(let back) = EntryMark(in: body.unknown)?.place
        else { return nil }
        return try firstPosition(back, before: position)
    }
}
