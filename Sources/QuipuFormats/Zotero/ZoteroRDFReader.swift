internal import QuipuCanonicalJSON

/// Reads Zotero's RDF. Collections, notes and journals are resources of their own that may stand behind what they belong
/// to, so the items are kept as JSON until the file's end, within a bound.
final class ZoteroRDFReader: SourceReader {
    let formatName = "Zotero RDF"
    private static let maximumBytes = 192 << 20

    private let name: String
    private let stream: XMLItemStream
    private var families = ZoteroFamilies()
    private var kept: [(json: [UInt8], id: String, containers: [String])] = []
    private var keptBytes = 0
    private var containers: [String: [JSONMember]] = [:]
    private var parents: [String: String] = [:]
    private var collections: [String: (name: String, parent: String?)] = [:]
    private var parts: [(collection: String, item: String)] = []
    private var pending: ArraySlice<SourceEvent> = []
    private var rest: ArraySlice<(json: [UInt8], id: String, containers: [String])> = []
    private var hasRead = false
    private var hasEnded = false
    private var place: SourcePlace { SourcePlace(file: name, line: 1, byteOffset: 0) }

    init(_ source: ByteSource) throws(InterchangeError) {
        name = source.name
        stream = try XMLItemStream(source, items: ZoteroRDFItem.elements)
    }

    func next() throws(InterchangeError) -> SourceEvent? {
        while true {
            if let event = pending.popFirst() { return event }
            if let item = rest.popFirst() {
                emit(item)
            } else if hasEnded {
                return nil
            } else if hasRead {
                hasEnded = true
                pending += families.finish(file: name)
            } else {
                try readAhead()
            }
        }
    }

    /// To the end, or as far as there is room.
    private func readAhead() throws(InterchangeError) {
        while keptBytes < Self.maximumBytes {
            guard let result = try stream.next() else {
                hasRead = true
                if let cut = stream.cut { pending.append(.rejected(place, reason: cut)) }
                if let remark = stream.remark { pending.append(.remark(place, remark)) }
                break
            }
            switch result {
            case .failure(let failure): pending.append(.rejected(place, reason: failure.reason))
            case .success(let element): take(element)
            }
        }
        if !hasRead {
            pending.append(
                .remark(place, "the file is so long that collections at its end do not reach its first items")
            )
        }
        families.collectionsOfItem = collectionsOfItems()
        rest = kept[...]
        (kept, keptBytes) = ([], 0)
    }

    private func take(_ element: MarkupElement) {
        if element.name == "Collection" { return takeCollection(element) }
        let isItem = element.child("itemType") != nil || ["Memo", "Attachment"].contains(element.name)
        guard isItem else {
            let container = ZoteroRDFItem(container: element)
            if containers.count < 100_000 { containers[container.id] = container.members }
            return
        }
        let item = ZoteroRDFItem(element)
        for child in item.children { parents[child] = item.id }
        let json = JSONValue.object(item.members).canonicalBytes()
        keptBytes += json.count + 128
        kept.append((json, item.id, item.containers))
    }

    private func takeCollection(_ element: MarkupElement) {
        let id = element.attribute("about") ?? ""
        let name = element.child("title").map { NameParts.collapsed($0.text) } ?? ""
        collections[id] = (name.isEmpty ? id : name, collections[id]?.parent)
        for part in element.children where part.name == "hasPart" {
            guard let item = part.attribute("resource") else { continue }
            if item.hasPrefix("#collection_") {
                collections[item] = (collections[item]?.name ?? item, id)
            } else if parts.count < 10_000_000 {
                parts.append((id, item))
            }
        }
    }

    private func collectionsOfItems() -> [String: [[String]]] {
        var paths: [String: [[String]]] = [:]
        for (collection, item) in parts {
            paths[item, default: []].append(ZoteroCollections.path(of: collection, collections))
        }
        return paths
    }

    private func emit(_ item: (json: [UInt8], id: String, containers: [String])) {
        guard var members = (try? JSONParser(extraDepth: 2).parse(item.json))?.members else { return }
        for container in item.containers {
            for member in containers[container] ?? []
            where !members.contains(where: { $0.name == member.name }) {
                members.append(member)
            }
        }
        members.append(JSONMember(name: "key", value: .string(item.id)))
        if let parent = parents[item.id] {
            members.append(JSONMember(name: "parentItem", value: .string(parent)))
        }
        pending += families.take(.object(members), producer: nil, place: place, sizeBytes: item.json.count)
    }
}
