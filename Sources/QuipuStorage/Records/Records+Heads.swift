public import QuipuCausality
internal import QuipuSQLite

extension Records {
    /// The versions that the fields of a record have now: what an edit replaces whose author has seen the record like
    /// this. A field that was never given a value is left out.
    public func heads(of record: Record) throws -> [String: [TransactionName]] {
        let state = try recordStates.record(row: record.row)
        var heads: [String: [TransactionName]] = [:]
        for row in try recordStates.fieldRows(of: state) {
            let field = try interning.name(row, in: database)
            heads[field] = try recordStates.versions(of: field, row: row, in: state).versions.heads
                .map { try log.name(at: $0.representative.position) }.sorted()
        }
        return heads
    }

    /// The elements that a set of any record has, as `tags`, and how many records have each, those deleted left out. In the
    /// order of the elements.
    public func elementCounts(of set: String) throws -> [(element: String, count: Int)] {
        var found: [(element: String, count: Int)] = []
        // "0" follows "/".
        var rows = try database.rows(
            """
            SELECT name.text, count(*)
            FROM name
            CROSS JOIN element ON element.name = name.row
            CROSS JOIN record ON record.row = element.record
            WHERE name.text > ? AND name.text < ? AND NOT record.state & 2
            GROUP BY name.row
            ORDER BY name.text
            """, .text(set + "/"), .text(set + "0"))
        var doubled = try elementsOfMembers(of: set)
        while try rows.next() {
            let element = String(rows.text(0).dropFirst(set.utf8.count + 1))
            let count = Int(rows.integer(1)) - (doubled.removeValue(forKey: element) ?? 0)
            if count > 0 { found.append((element, count)) }
        }
        return found
    }

    /// How often elements are counted more than once, or are not shown, because records are shown under others.
    private func elementsOfMembers(of set: String) throws -> [String: Int] {
        var doubled: [String: Int] = [:]
        for row in try merges.allRepresentatives {
            guard let group = try recordGroups.group(of: recordStates.record(row: row)) else { continue }
            let shown = try recordGroups.shownFields(of: group)
            for name in group.fieldNames where name.hasPrefix(set + "/") {
                let having = group.all.count {
                    !$0.flags.contains(.isDeleted) && $0.fields[name] == JSONLiteral.true
                }
                let isShown =
                    !group.representative.flags.contains(.isDeleted) && shown[name] == JSONLiteral.true
                let over = having - (isShown ? 1 : 0)
                if over != 0 { doubled[String(name.dropFirst(set.utf8.count + 1)), default: 0] += over }
            }
        }
        return doubled
    }
}
