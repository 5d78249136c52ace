internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite

/// How items of a source become changes of records.
struct Importing: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var importing: Importing { Importing(archive: archive) }
}

extension Importing {
    /// Imports a batch in one commit, in transactions of bounded size.
    ///
    /// An item belongs to the record with which it agrees on some key - the producer's own id, DOI, URL, text - and
    /// disagrees on no stronger one. A field is written only where its source has changed since that source was last
    /// read, and replaces only what was imported: a correction by hand stays visible, and a changed source shows up
    /// beside it. What a source gave is remembered in the record.
    /// - Parameters:
    ///   - run: the run of which this is a batch.
    ///   - computing: fields that follow from an item, of which it gets the index, and from the archive, as where a
    ///     quotation stands. They are written
    ///     with an item that is new or changed, and are no part of what its source said.
    /// - Returns: an outcome for each item, in order.
    public func importBatch(
        _ items: [ImportItem], author: String, run: inout ImportRun,
        computing: (Int, ImportItem) throws -> [(name: String, json: [UInt8])] = { _, _ in [] }
    ) throws -> [ImportOutcome] {
        let given = run
        do {
            return try writing { writer in
                try archive.keyIndex.bringUpToDate(through: writer.position)
                var batch = try ImportBatch(writer: writer, author: author, run: run)
                for (index, item) in items.enumerated() { try batch.add(item) { try computing(index, $0) } }
                try batch.finish()
                run = batch.run
                return batch.outcomes
            }
        } catch {
            run = given
            throw error
        }
    }

    /// Likewise, a run of one batch.
    public func importBatch(_ items: [ImportItem], author: String) throws -> [ImportEffect] {
        var run = ImportRun()
        return try importBatch(items, author: author, run: &run).map(\.effect)
    }
}
