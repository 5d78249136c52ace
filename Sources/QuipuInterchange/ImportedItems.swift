internal import QuipuFormats
internal import QuipuStorage

/// Items of one commit, and where they are from.
struct ImportedItems {
    var items: [ImportItem] = []
    var sources: [RelatedRecords.Source] = []
    var bytes = 0

    mutating func add(_ item: ImportItem, of source: SourceItem) {
        bytes += item.fields.reduce(0) { $0 + $1.json.count }
        items.append(item)
        sources.append(
            .init(
                place: source.place, key: source.relations.parent == nil ? source.relations.key : nil,
                passage: source.relations.passage, isPart: source.relations.parent != nil))
    }
}

extension SourceItem {
    /// What it takes in memory, about.
    var valueBytes: Int {
        var bytes = fields.reduce(256) { $0 + $1.value.count }
        if case .bytes(let content) = relations.file { bytes += content.count }
        return bytes + (relations.passage?.exact.utf8.count ?? 0)
    }
}
