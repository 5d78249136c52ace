internal import QuipuCausality
internal import QuipuSQLite

/// What merges and edits list as seen, and which merges brought each record of a group under its representative: each is
/// read once for a group, however many of its fields are asked for.
///
/// The merges of a record are those of the record it is merged into, and its own before these. So they are kept as links to
/// each other: a chain of a thousand records has a thousand of them.
final class MergeObservations {
    private struct Link {
        /// Log positions of what brought a record under the next one.
        var positions: [Int64]
        /// The merges of that one.
        var next: Int?
    }

    private var observed: [Int64: LogPositions] = [:]
    private var links: [Link] = []
    /// By the rows of records; none where nothing that is here merged them.
    private var firstLinks: [Int64: Int?] = [:]

    /// Whether a transaction lists one of those that made a version as seen.
    func isSeen(_ head: Version, by position: Int64, _ read: (Int64) throws -> LogPositions) rethrows -> Bool
    {
        let seen: LogPositions
        if let known = observed[position] {
            seen = known
        } else {
            seen = try read(position)
            observed[position] = seen
        }
        return head.members.contains { seen.contains($0.position) }
    }

    /// Whether `isSeen` is true of a position of the merges of a record, of which the nearest come first: a merge lists all
    /// that is shown under the records that it merges.
    func contains(mergesOf row: Int64, where isSeen: (Int64) throws -> Bool) rethrows -> Bool {
        var next = firstLinks[row] ?? nil
        while let place = next {
            if try links[place].positions.contains(where: isSeen) { return true }
            next = links[place].next
        }
        return false
    }

    func knowsMerges(of row: Int64) -> Bool { firstLinks[row] != nil }

    func firstLink(of row: Int64) -> Int? { firstLinks[row] ?? nil }

    /// Notes what brought a record under the one that it is merged into.
    /// - Parameter next: the merges of that one.
    /// - Returns: the merges of the record.
    func link(_ row: Int64, by positions: [Int64], before next: Int?) -> Int? {
        var first = next
        // One transaction may have merged all of them.
        if !positions.isEmpty, positions != next.map({ links[$0].positions }) {
            first = links.count
            links.append(Link(positions: positions, next: next))
        }
        firstLinks.updateValue(first, forKey: row)
        return first
    }
}

extension RecordGroups {
    /// Whether one of some transactions lists a head as seen.
    func isSeen(_ head: Version, by positions: [Int64], in group: RecordGroup) throws -> Bool {
        try positions.contains { try isSeen(head, by: $0, in: group) }
    }

    /// Whether one of the merges by which a record came under its representative lists a head as seen.
    func isSeen(_ head: Version, byMergesOf row: Int64, in group: RecordGroup) throws -> Bool {
        try linkMerges(of: row, in: group)
        return try group.observations.contains(mergesOf: row) { try isSeen(head, by: $0, in: group) }
    }

    private func isSeen(_ head: Version, by position: Int64, in group: RecordGroup) throws -> Bool {
        try group.observations.isSeen(head, by: position) { position in
            if position == PlannedMerge.position { return group.planned?.observed ?? LogPositions([]) }
            // One transaction may have merged, or edited, thousands of groups.
            return try log.keptBody(at: position).observed
        }
    }

    /// Looks up the merges of a record, and of those on the way to its representative, where that was not done before.
    private func linkMerges(of row: Int64, in group: RecordGroup) throws {
        let known = group.observations
        if known.knowsMerges(of: row) { return }
        let merges = try merges
        var path: [Int64] = []
        var places: [Int64: Int] = [:]
        var next: Int64? = row
        var link: Int?
        while let row = next {
            if known.knowsMerges(of: row) {
                link = known.firstLink(of: row)
                break
            }
            if let planned = group.planned, planned.records.contains(row) {
                // From there on the way leads to the representative.
                let rest = merges.path(from: group.representative.row).filter {
                    !planned.records.contains($0)
                }
                let positions = try [PlannedMerge.position] + rest.flatMap { try mergePositions(of: $0) }
                link = known.link(row, by: positions, before: nil)
                break
            }
            if let place = places[row] {
                // Of a cycle each record has all merges.
                let cycle = path[place...]
                let positions = try cycle.flatMap { try mergePositions(of: $0) }
                for row in cycle { link = known.link(row, by: positions, before: link) }
                path.removeSubrange(place...)
                break
            }
            places[row] = path.count
            path.append(row)
            next = merges.target(of: row)
        }
        for row in path.reversed() { link = known.link(row, by: try mergePositions(of: row), before: link) }
    }

    /// Log positions of what merged a record into another one.
    private func mergePositions(of row: Int64) throws -> [Int64] {
        guard let field = try interning.knownNameRow(MergedInto.field, in: database) else { return [] }
        let record = try recordStates.record(row: row)
        return try versions(of: MergedInto.field, field, in: record).heads.flatMap {
            $0.members.map(\.position)
        }
    }
}
