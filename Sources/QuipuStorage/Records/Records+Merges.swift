public import QuipuCausality
internal import QuipuSQLite

extension ArchivePart {
    /// Which records are merged into which. An archive without merges pays one look into an empty table.
    var merges: MergeGraph {
        get throws {
            guard try database.integer("SELECT EXISTS (SELECT 1 FROM merged)") == 1 else { return .empty }
            let dataVersion = try database.integer("PRAGMA data_version") ?? 0
            if let known = archive.knownMerges, known.dataVersion == dataVersion { return known.graph }
            let graph = try readMerges()
            archive.knownMerges = KnownMerges(dataVersion: dataVersion, graph: graph)
            return graph
        }
    }

    private func readMerges() throws -> MergeGraph {
        var links: [MergeGraph.Link] = []
        var facts: [Int64: MergeGraph.Fact] = [:]
        var rows = try database.rows(
            """
            SELECT merged.record, record.id, record.state & 2, target.row, target.id, target.state & 2
            FROM merged
            CROSS JOIN record ON record.row = merged.record
            LEFT JOIN record AS target INDEXED BY record_by_handle
                ON target.handle = merged.handle AND target.id = merged.target AND target.kind = record.kind
            ORDER BY merged.record
            """)
        while try rows.next() {
            guard let id = rows.withBytes(1, { RecordID(bytes: $0) }) else {
                throw StorageError.damaged(database.path, "record \(rows.integer(0)) is not readable")
            }
            let record = rows.integer(0)
            facts[record] = .init(id: id, isDeleted: rows.boolean(2))
            var target: Int64?
            if !rows.isNull(3), let id = rows.withBytes(4, { RecordID(bytes: $0) }) {
                target = rows.integer(3)
                facts[rows.integer(3)] = .init(id: id, isDeleted: rows.boolean(5))
            }
            links.append(.init(record: record, target: target))
        }
        return MergeGraph(links: links, facts: facts)
    }
}

extension Records {
    /// Of records that are shown as one, the one whose value of a field is shown; nil where none has the field.
    public func source(of field: String, shownBy record: Record) throws -> RecordID? {
        let state = try recordStates.record(row: record.row)
        guard let group = try recordGroups.group(of: state) else {
            return state.fields[field] == nil ? nil : state.id
        }
        if RecordGroups.isOwn(field) { return state.id }
        return try recordGroups.field(field, in: group).shown?.record.id
    }
}

extension RecordStates {
    /// The record under which a record is shown: its own state where it is shown by itself.
    func representative(of record: RecordState) throws -> RecordState {
        let row = try merges.representative(of: record.row)
        return row == record.row ? record : try self.record(row: row)
    }
}
