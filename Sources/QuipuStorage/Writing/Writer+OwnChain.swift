internal import QuipuCausality
internal import QuipuSQLite

// A change made by hand replaces, directly or through others, what its own chain gave the field by hand before: a
// writer has seen its own writes. So one chain has one such head in a field, however much it writes, and a field as many as
// chains have written to it. What a transaction names says it, and its chain: no replica takes what another refuses.

extension Writer {
    /// What a chain gave a field by hand last, where that is neither among versions to be replaced nor behind them.
    func unreplacedOwnVersion(in stored: StoredVersions, of record: RecordState, over parents: [Version])
        throws
        -> Version?
    {
        if isFollowing { return nil }
        var stored = stored
        if stored.isPlain, let only = stored.versions.versions.first {
            if !only.isByHand || parents.contains(where: { $0.key == only.key }) { return nil }
            stored.note(try chainPlace(at: record.base), wrote: record.base)
        }
        if stored.byHand.isEmpty { return nil }
        var next: ChainPlace? = chainUnderWay
        while let place = next {
            if let position = stored.lastByHand(before: place),
                let version = stored.versions.version(at: position)
            {
                return stored.versions.isReached(version, from: parents) ? nil : version
            }
            next = try placeBefore(origin: place.origin)
        }
        return nil
    }

    /// The place of the transaction that follows the one before a derived name's first; nil where nothing is before.
    private func placeBefore(origin row: Int64) throws -> ChainPlace? {
        if branchStarts.isEmpty { return nil }
        let first = try database.integer(
            "SELECT position FROM log WHERE origin = ? AND sequence = 1", .integer(row))
        let previous = try first.map { try archive.log.body(at: $0).previous } ?? previousUnderWay
        guard var place = try previous.map({ try chainPlace(at: $0) }) else { return nil }
        place.sequence += 1
        return place
    }

    private func chainPlace(at position: Int64) throws -> ChainPlace {
        var rows = try database.rows(
            "SELECT origin, sequence FROM log WHERE position = ?", .integer(position))
        guard try rows.next() else {
            throw StorageError.damaged(database.path, "log position \(position) is missing")
        }
        return ChainPlace(origin: rows.integer(0), sequence: rows.integer(1))
    }

    // MARK: the field under way

    /// The versions of a field; those of the field that was changed last are at hand, since somebody may have sent very
    /// many changes of one field.
    func takeVersions(of field: String, row: Int64, in record: RecordState) throws -> StoredVersions {
        if let kept = keptVersions, kept.record == record.row, kept.field == row {
            keptVersions = nil
            return kept.stored
        }
        return try archive.recordStates.versions(of: field, row: row, in: record)
    }

    func keepVersions(_ stored: StoredVersions, row: Int64, of record: RecordState) {
        keptVersions = stored.flags.count < Self.leastKeptVersions ? nil : (record.row, row, stored)
    }

    /// Fewer are read again as fast.
    private static let leastKeptVersions = 8
}
