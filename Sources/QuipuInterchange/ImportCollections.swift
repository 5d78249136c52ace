internal import QuipuCausality
internal import QuipuFormats
internal import QuipuNaturalKeys
internal import QuipuStorage

/// The collections that a source names. One that lies in another is one collection, called by the names of both: `Floods /
/// 2020`. They are made as they are needed, and what a source takes out of one stays in it.
struct ImportCollections {
    private static let maximumKept = 10_000
    private static let maximumNameBytes = 500

    private let store: Store
    private let author: String
    private let restoresDeleted: Bool
    /// By their names. An empty list stands for one that is deleted.
    private var known: [String: [RecordID]] = [:]

    init(_ store: Store, author: String, restoresDeleted: Bool) {
        self.store = store
        self.author = author
        self.restoresDeleted = restoresDeleted
    }

    /// What `ImportItem.collections` wants.
    mutating func groups(of item: SourceItem, _ report: inout ImportReport) throws -> [[RecordID]] {
        guard item.kind == "article", !item.relations.collections.isEmpty else { return [] }
        if item.relations.collections.count > ImportItem.maximumCollections {
            report.remark(
                item.place, "it was put into the first \(ImportItem.maximumCollections) of its collections")
        }
        var groups: [[RecordID]] = []
        for path in item.relations.collections.prefix(ImportItem.maximumCollections) {
            let name = path.map { WhiteSpace.trimmed($0) }.filter { !$0.isEmpty }.joined(separator: " / ")
            if name.isEmpty { continue }
            guard name.utf8.count <= Self.maximumNameBytes else {
                report.remark(item.place, "a collection's name is longer than \(Self.maximumNameBytes) bytes")
                continue
            }
            let group = try group(named: name, item.place, &report)
            if !group.isEmpty { groups.append(group) }
        }
        return groups
    }

    private mutating func group(
        named name: String, _ place: SourcePlace, _ report: inout ImportReport
    ) throws -> [RecordID] {
        if let group = known[name] { return group }
        var group: [RecordID] = []
        do {
            group = try store.collections.importAll(
                named: name, author: author, restoresDeleted: restoresDeleted)
        } catch let error as StorageError where error.code == .deleted {
            report.remark(place, "\(error.message), and its articles are put into no other")
        }
        if known.count < Self.maximumKept { known[name] = group }
        return group
    }
}
