internal import QuipuCausality

extension ArchivePart {
    /// What the versions of undos in a field stand for, if an undo opened a conflict in it again; else nothing, and then the
    /// log is not read.
    func reopenedVersions(in versions: FieldVersions) throws -> UndoOriginals {
        guard versions.mayHoldReopenedConflict else { return UndoOriginals() }
        var counts: [VersionKey: UInt64] = [:]
        for version in versions.versions {
            for member in version.members {
                let mark = try EntryMark(in: archive.log.keptBody(at: member.position).unknown)
                if let count = mark?.undo?.count { counts[version.key] = count }
            }
        }
        return UndoOriginals(versions, counts: counts)
    }
}
