internal import Quipu

extension Context {
    /// Brings the index of words up to date before a search, and shows how far that is.
    func updateSearchIndex(of archive: Archive) throws {
        let line = output.progressLine()
        defer { line.clear() }
        try archive.updateSearchIndex { done in
            line.show(
                "\(counted(done.items, "record")) indexed",
                .items(done.items, "records", fraction: done.fraction))
        }
    }
}
