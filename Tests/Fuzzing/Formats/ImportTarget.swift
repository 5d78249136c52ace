import QuipuCanonicalJSON
import QuipuCausality
import QuipuFormats
import QuipuInterchange
import QuipuNaturalKeys
import QuipuStorage
import Support

extension FuzzTarget {
    /// Any file into a real archive: what is taken can be searched and exported, comes back from the export with
    /// the same contents, and changes nothing when it is imported again.
    static let imports = FuzzTarget(
        name: "import", subject: "import into a real archive, search, export, again", maximumInputBytes: 2_048
    ) { bytes in
        let image = try emptyArchive.get()
        let copy = try OpenCopy(of: image)
        var choices = Choices(bytes)
        let format = choices.pick([nil, .text, .jsonl, .markdown] as [SourceFormat?])
        let collection = choices.flag() ? "Press" : nil
        let file = choices.rest()
        guard let report = try bring(file, as: format, in: collection, to: copy.store), report.read > 0 else {
            try expect(try !copy.isChanged, "a file that could not be read changed something")
            return
        }
        let position = try copy.store.position
        // A file that has an article twice, with other values, says something new whenever it says it; and what has
        // no key of its own is not known again.
        if report.updated == 0, try all(of: file, as: format, satisfy: hasKey) {
            let again = try bring(file, as: format, in: collection, to: copy.store)
            try expect(again?.created == 0 && again?.updated == 0, "the same file again changes something")
            try expect(try copy.store.position == position, "the same file again is written")
        }

        try copy.store.wordSearch.bringUpToDate()
        let verified = try copy.store.verify()
        try expect(
            verified.damaged.isEmpty, "the archive is damaged: \(verified.damaged.joined(separator: "; "))")

        let other = try OpenCopy(of: try otherArchive.get())
        var lines: [UInt8] = []
        var writer = JSONLinesWriter { lines += $0 }
        _ = try Exporter(from: copy.store).writeRecords(to: &writer)
        guard !lines.isEmpty else { return }
        _ = try bring(lines, as: .jsonl, in: nil, to: other.store)
        try expect(
            try other.store.verify().contentDigest == verified.contentDigest,
            "an export brings other contents")
    }

    private static func all(
        of file: [UInt8], as format: SourceFormat?, satisfy condition: (SourceItem) -> Bool
    ) throws -> Bool {
        var reader = try openSource(ByteSource(bytes: file, name: "memory"), as: format)
        while let event = try reader.next() {
            if case .item(let item) = event, !condition(item) { return false }
        }
        return true
    }

    private static func hasKey(_ item: SourceItem) -> Bool {
        func text(_ field: String) -> String? { item[field].flatMap { decodeString($0) } }
        return item.id != nil || text("url").flatMap(CanonicalURL.canonicalize) != nil
            || text("doi").flatMap(CanonicalDOI.canonicalize) != nil
            || text("body").map(NormalisedText.normalise)?.isEmpty == false
    }

    private static let emptyArchive = Result { try ArchiveImage(seed: 4) { _, _ in } }
    private static let otherArchive = Result { try ArchiveImage(seed: 5) { _, _ in } }

    /// - Returns: nil for a file that is unusable as a whole.
    private static func bring(
        _ file: [UInt8], as format: SourceFormat?, in collection: String?, to store: Store
    ) throws -> ImportReport? {
        do {
            return try Importer(into: store, author: "ana", collectionName: collection)
                .run(try openSource(ByteSource(bytes: file, name: "memory"), as: format))
        } catch is InterchangeError {
            return nil
        }
    }
}
