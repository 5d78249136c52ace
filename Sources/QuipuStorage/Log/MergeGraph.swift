internal import QuipuCausality

/// Which records are merged into which, and under which record each is shown: a function of the visible values of
/// `mergedInto` and `deleted`, and so the same on every mirror. Records are told by their rows.
///
/// From a record one follows `mergedInto`, through deleted records as well, and arrives at its *representative*: of a cycle
/// the record with the least id that is not deleted; where there is no such, the last on the way that is not deleted; where
/// all are deleted, the end, or of a cycle the least id.
struct MergeGraph {
    struct Link {
        var record: Int64
        /// Nil where there is no such record here.
        var target: Int64?
    }

    /// What decides between records.
    struct Fact {
        var id: RecordID
        var isDeleted: Bool
    }

    static let empty = MergeGraph(links: [], facts: [:])

    /// Some record is merged into one that is not here.
    let hasLooseEnds: Bool
    /// By the row of a record that of the one it is merged into.
    private let targets: [Int64: Int64]
    /// By the row of a record in a cycle that of the one before it there.
    private let predecessors: [Int64: Int64]
    /// Of records that are shown under another one, by that one's.
    private let representatives: [Int64: Int64]
    /// By representatives: the others, in the order of their ids.
    private let members: [Int64: [Int64]]

    /// - Parameter facts: of all records that the links name.
    init(links: [Link], facts: [Int64: Fact]) {
        hasLooseEnds = links.contains { $0.target == nil }
        var targets: [Int64: Int64] = [:]
        for link in links { targets[link.record] = link.target }
        var found: [Int64: Int64] = [:]
        var predecessors: [Int64: Int64] = [:]
        for link in links where found[link.record] == nil {
            Self.follow(from: link.record, targets, facts, &found, &predecessors)
        }
        self.predecessors = predecessors
        representatives = found.filter { $0.key != $0.value }
        members = Dictionary(grouping: representatives.keys) { found[$0] ?? $0 }.mapValues {
            $0.sorted {
                (facts[$0]?.id ?? .init(rawValue: 0), $0) < (facts[$1]?.id ?? .init(rawValue: 0), $1)
            }
        }
        self.targets = targets
    }

    /// Each record on the way is visited once, however long the ways are that somebody made.
    private static func follow(
        from start: Int64, _ targets: [Int64: Int64], _ facts: [Int64: Fact], _ found: inout [Int64: Int64],
        _ predecessors: inout [Int64: Int64]
    ) {
        func isDeleted(_ row: Int64) -> Bool { facts[row]?.isDeleted ?? true }
        var path: [Int64] = []
        var places: [Int64: Int] = [:]
        var representative = start
        var next = start
        while true {
            if let known = found[next] {
                representative = known
                break
            }
            if let place = places[next] {
                var last = path[path.count - 1]
                for row in path[place...] {
                    predecessors[row] = last
                    last = row
                }
                let cycle = path[place...].sorted {
                    (facts[$0]?.id ?? .init(rawValue: 0)) < (facts[$1]?.id ?? .init(rawValue: 0))
                }
                representative = cycle.first { !isDeleted($0) } ?? cycle[0]
                for row in cycle { found[row] = representative }
                path.removeSubrange(place...)
                break
            }
            guard let target = targets[next] else {
                representative = next
                found[next] = next
                break
            }
            places[next] = path.count
            path.append(next)
            next = target
        }
        for row in path.reversed() {
            if isDeleted(representative), !isDeleted(row) { representative = row }
            found[row] = representative
        }
    }

    var isEmpty: Bool { representatives.isEmpty }

    /// The row of the record under which a record is shown; its own where it is shown by itself.
    func representative(of row: Int64) -> Int64 { representatives[row] ?? row }

    /// Whether a record is shown under another one.
    func isMember(_ row: Int64) -> Bool { representatives[row] != nil }

    /// The records that are shown under one, in the order of their ids.
    func members(of row: Int64) -> [Int64] { members[row] ?? [] }

    /// All records that are shown under another one, in no order.
    var allMembers: some Collection<Int64> { representatives.keys }

    /// All records under which others are shown, in no order.
    var allRepresentatives: some Collection<Int64> { members.keys }

    /// The record that a record is merged into; nil where it is not, or that one is not here.
    func target(of row: Int64) -> Int64? { targets[row] }

    /// The record, the one it is merged into, and so on; none twice.
    func path(from row: Int64) -> [Int64] {
        var path = [row]
        var seen: Set<Int64> = [row]
        while let last = path.last, let next = targets[last], seen.insert(next).inserted { path.append(next) }
        return path
    }

    /// Of a record in a cycle the one before it there, which two contradicting merges put under it.
    func otherHalf(of row: Int64) -> Int64? {
        predecessors[row].flatMap { $0 == row ? nil : $0 }
    }

    /// What leads to a record or from it, and to that, and so on: records whose representatives may change with each other's.
    func connected(with rows: Set<Int64>) -> Set<Int64> {
        if targets.isEmpty { return [] }
        var sources: [Int64: [Int64]] = [:]
        for (record, target) in targets { sources[target, default: []].append(record) }
        var found: Set<Int64> = []
        var open = Array(rows)
        while let row = open.popLast() {
            let near = (sources[row] ?? []) + (targets[row].map { [$0] } ?? [])
            for other in near where !rows.contains(other) && found.insert(other).inserted {
                open.append(other)
            }
        }
        return found
    }
}

/// A graph that was read, and of which state of the database.
struct KnownMerges {
    /// Changes with what other connections write; what this one writes makes it forget the graph.
    var dataVersion: Int64
    var graph: MergeGraph
}
