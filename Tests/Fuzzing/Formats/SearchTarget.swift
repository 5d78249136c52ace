import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Synchronization

extension FuzzTarget {
    /// No query is an error.
    static let search = FuzzTarget(
        name: "search", subject: "search queries against a real archive", maximumInputBytes: 512
    ) { bytes in
        let query = String(decoding: bytes, as: UTF8.self)
        try SearchedArchive.shared.search(query)
    }
}

/// One archive for all queries, since they change nothing.
///
/// `@unchecked Sendable`: the copy is reached with the lock held alone.
private final class SearchedArchive: @unchecked Sendable {
    static let shared = SearchedArchive()

    private let lock = Mutex(())
    private var copy: OpenCopy?

    func search(_ query: String) throws {
        try lock.withLock { _ in
            let copy = try self.copy ?? OpenCopy(of: Self.image())
            self.copy = copy
            var isFresh = true
            let hits = try copy.store.search(query, limit: 5, isIndexFresh: &isFresh)
            try expect(isFresh, "the index could not be brought up to date")
            try expect(hits.allSatisfy { !$0.record.fields.isEmpty }, "a record without fields was found")
        }
    }

    private static func image() throws -> ArchiveImage {
        try ArchiveImage(seed: 6) { store, _ in
            let texts = [
                "Späte Apfelernte, volle Fässer", "\"quoted\" AND not OR near", "日本 acequia a* b^2", "",
            ]
            let items = texts.enumerated().map { index, text in
                ImportItem(
                    id: RecordID(rawValue: UInt128(index + 1)), kind: "article",
                    fields: [("body", canonicalString(text)), ("title", canonicalString("Title \(index)"))])
            }
            _ = try store.importBatch(items, author: "ana")
            try store.wordSearch.bringUpToDate()
        }
    }
}
