internal import QuipuCanonicalJSON

/// Brings Zotero's items into the order that a reader owes: an article first, then its notes, attachments and their
/// annotations. Items that come before the one that they belong to wait for it, within bounds.
struct ZoteroFamilies {
    private struct Waiting {
        let data: JSONValue
        let producer: String?
        let place: SourcePlace
    }

    private static let maximumWaitingBytes = 64 << 20
    private static let maximumKeys = 1_000_000

    /// The article that each item which was yielded belongs to, itself for an article.
    private var articles: [String: String] = [:]
    private var waiting: [String: [Waiting]] = [:]
    private var waitingOrder: [String] = []
    private var waitingBytes = 0
    private var trashed: Set<String> = []
    private var trashedCount = 0
    private var drawings = 0
    private var unnumbered = 0
    /// The names from the outermost to its own, by the key of a collection; also by the keys of items.
    var collections: [String: [String]] = [:]
    var collectionsOfItem: [String: [[String]]] = [:]

    /// - Parameters:
    ///   - data: the item's fields.
    ///   - sizeBytes: about what it takes to keep it.
    mutating func take(
        _ data: JSONValue, producer: String?, place: SourcePlace, sizeBytes: Int
    ) -> [SourceEvent] {
        let key = (data["key"] ?? data["itemKey"])?.string ?? ""
        if data["deleted"]?.bool == true || data["deleted"]?.integer == 1 {
            trashedCount += 1
            if !key.isEmpty, trashed.count < Self.maximumKeys { trashed.insert(key) }
            return []
        }
        guard let type = data["itemType"]?.string else {
            return [.rejected(place, reason: "it has no `itemType`, so it is no item of Zotero")]
        }
        let parent = data["parentItem"]?.string ?? ""
        guard ["note", "attachment", "annotation"].contains(type) else {
            return article(data, key, producer, place)
        }
        if parent.isEmpty { return alone(data, type, key, producer, place) }
        if let article = articles[parent] {
            return part(data, type, article, producer, place) + released(key, article)
        }
        guard waitingBytes + sizeBytes <= Self.maximumWaitingBytes else {
            return orphan(data, type, parent, producer, place)
        }
        waitingBytes += sizeBytes
        if waiting[parent] == nil { waitingOrder.append(parent) }
        waiting[parent, default: []].append(Waiting(data: data, producer: producer, place: place))
        return []
    }

    /// Keys of items that others wait for, up to `limit`, in the order in which they were first named.
    func missing(limit: Int) -> [String] {
        // Of a chain, only the first can be asked for: what waits is not missing.
        let present = Set(waiting.values.joined().compactMap { $0.data["key"]?.string })
        return Array(
            waitingOrder.lazy.filter { waiting[$0] != nil && !present.contains($0) && ZoteroAddress.isKey($0) }.prefix(limit))
    }

    /// What still waits, and what is to be said of the whole.
    mutating func finish(file: String) -> [SourceEvent] {
        var events: [SourceEvent] = []
        // Attachments of items in the trash, whose annotations wait for them.
        let ofTrashed = Set(
            trashed.lazy.compactMap { [waiting] in waiting[$0] }.joined().compactMap { $0.data["key"]?.string })
        for parent in waitingOrder {
            for child in waiting[parent] ?? [] {
                if trashed.contains(parent) || ofTrashed.contains(parent) {
                    trashedCount += 1
                } else {
                    let type = child.data["itemType"]?.string ?? ""
                    events += orphan(child.data, type, parent, child.producer, child.place)
                }
            }
        }
        (waiting, waitingOrder, waitingBytes) = ([:], [], 0)
        let place = SourcePlace(file: file, line: 1, byteOffset: 0)
        if trashedCount > 0 { events.append(.remark(place, "items in Zotero's trash were passed over: \(trashedCount)")) }
        if drawings > 0 {
            events.append(.remark(place, "drawings and images in PDFs without a remark were passed over: \(drawings)"))
        }
        return events
    }

    private func paths(_ data: JSONValue, _ key: String) -> [[String]] {
        let named = (data["collections"]?.array ?? []).compactMap { $0.string.flatMap { collections[$0] } }
        let id = data["itemID"].flatMap { $0.integer.map(String.init) } ?? ""
        return named + (collectionsOfItem[key] ?? []) + (id.isEmpty ? [] : collectionsOfItem["#" + id] ?? [])
    }

    private mutating func article(
        _ data: JSONValue, _ key: String, _ producer: String?, _ place: SourcePlace
    ) -> [SourceEvent] {
        var draft = ZoteroMapping.draft(of: data)
        if ZoteroAddress.isKey(key) {
            draft.foreignID = key
            draft.producer = producer ?? "zotero"
        } else if !draft.has("doi"), let citationKey = data["citationKey"]?.string, citationKey.utf8.count <= 512 {
            draft.foreignID = citationKey
        }
        return articleEvents(draft, data, key, producer, place)
    }

    private mutating func articleEvents(
        _ draft: ReferenceDraft, _ data: JSONValue, _ key: String, _ producer: String?, _ place: SourcePlace
    ) -> [SourceEvent] {
        unnumbered += 1
        let name = key.isEmpty ? "#\(unnumbered)" : key
        if !key.isEmpty, articles.count < Self.maximumKeys { articles[key] = name }
        var relations = SourceRelations()
        relations.key = name
        relations.collections = paths(data, key)
        do throws(Rejection) {
            var events: [SourceEvent] = [.item(try draft.article(place: place, relations: relations))]
            for note in data["notes"]?.array ?? [] { events += part(note, "note", name, producer, place) }
            for attachment in data["attachments"]?.array ?? [] {
                events += part(attachment, "attachment", name, producer, place)
                for annotation in attachment["annotations"]?.array ?? [] {
                    events += part(annotation, "annotation", name, producer, place)
                }
            }
            return events + released(key, name)
        } catch {
            articles[key] = nil
            return [error.event(at: place)]
        }
    }

    /// A note stands by itself; an attachment becomes an article with that file.
    private mutating func alone(
        _ data: JSONValue, _ type: String, _ key: String, _ producer: String?, _ place: SourcePlace
    ) -> [SourceEvent] {
        switch type {
        case "note":
            do throws(Rejection) {
                return [
                    .item(
                        try ZoteroParts.note(
                            data, parent: nil, producer: producer, collections: paths(data, key), place: place))
                ]
            } catch {
                return [error.event(at: place)]
            }
        case "attachment":
            var draft = ReferenceDraft()
            if let title = data["title"]?.string ?? data["filename"]?.string { draft.setTitle(title, keptAs: "title") }
            if let url = data["url"]?.string, SourceValue.isWebAddress(.string(url)) { draft.set("url", url) }
            draft.tags = ZoteroMapping.tags(data["tags"])
            draft.modified = data["dateModified"]?.string
            draft.keep("itemType", "attachment")
            if ZoteroAddress.isKey(key) { (draft.foreignID, draft.producer) = (key, producer ?? "zotero") }
            draft.titleFallback = "Attachment"
            var events = articleEvents(draft, data, key, producer, place)
            guard case .item(let item)? = events.first, let name = item.relations.key else { return events }
            events.insert(contentsOf: part(data, "attachment", name, producer, place), at: 1)
            return events
        default: return [.rejected(place, reason: "the annotation does not say what it is about")]
        }
    }

    private mutating func part(
        _ data: JSONValue, _ type: String, _ article: String, _ producer: String?, _ place: SourcePlace
    ) -> [SourceEvent] {
        if type == "attachment", let key = (data["key"] ?? data["itemKey"])?.string, articles[key] == nil,
            articles.count < Self.maximumKeys
        {
            articles[key] = article
        }
        do throws(Rejection) {
            switch type {
            case "note":
                return [
                    .item(try ZoteroParts.note(data, parent: article, producer: producer, collections: [], place: place))
                ]
            case "attachment":
                var events: [SourceEvent] = [
                    .item(try ZoteroParts.attachment(data, parent: article, producer: producer, place: place))
                ]
                // Attachments have notes of their own.
                if let note = data["note"]?.string, !SourceValue.isBlank(ZoteroParts.reading(note)) {
                    events.append(
                        .item(
                            try ZoteroParts.note(
                                .string(note), parent: article, producer: producer, collections: [], place: place)))
                }
                return events
            default:
                guard
                    let item = try ZoteroParts.annotation(data, parent: article, producer: producer, place: place)
                else {
                    drawings += 1
                    return []
                }
                return [.item(item)]
            }
        } catch {
            return [error.event(at: place)]
        }
    }

    /// What waited for this item, and for what it brings.
    private mutating func released(_ key: String, _ article: String) -> [SourceEvent] {
        var events: [SourceEvent] = []
        var keys = key.isEmpty ? [] : [key]
        while let next = keys.popLast() {
            guard let children = waiting.removeValue(forKey: next) else { continue }
            for child in children {
                events += part(child.data, child.data["itemType"]?.string ?? "", article, child.producer, child.place)
                if let own = child.data["key"]?.string { keys.append(own) }
            }
        }
        if waiting.isEmpty { (waitingBytes, waitingOrder) = (0, []) }
        return events
    }

    private func orphan(
        _ data: JSONValue, _ type: String, _ parent: String, _ producer: String?, _ place: SourcePlace
    ) -> [SourceEvent] {
        guard type == "note" else {
            return [.rejected(place, reason: "the \(type) belongs to the item \(parent.prefix(64)), which is not in the source")]
        }
        do throws(Rejection) {
            let item = try ZoteroParts.note(data, parent: nil, producer: producer, collections: [], place: place)
            return [
                .item(item),
                .remark(place, "the note belongs to the item \(parent.prefix(64)), which is not in the source; it stands by itself"),
            ]
        } catch {
            return [error.event(at: place)]
        }
    }
}
