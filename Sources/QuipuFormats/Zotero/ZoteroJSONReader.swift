internal import QuipuCanonicalJSON

/// Reads Zotero's JSON: items of its web API (`{key, version, library, data}`), what translators yield (`{itemType, …}`), and
/// the export of Better BibTeX (`{items, collections}`).
struct ZoteroJSONReader: SourceReader {
    enum Layout { case array, object }

    let formatName = "Zotero's JSON"
    private let name: String
    private var elements: JSONElementSplitter?
    private var members: JSONMemberSplitter?
    private var families = ZoteroFamilies()
    private var pending: ArraySlice<SourceEvent> = []
    private var hasEnded = false
    private var hasItems = false

    init(_ source: ByteSource, layout: Layout, byteOffset: Int) {
        name = source.name
        switch layout {
        case .array:
            elements = JSONElementSplitter(
                source, layout: .array, byteOffset: byteOffset, maximumBytes: SourceLimits.maximumLineBytes)
        case .object: members = JSONMemberSplitter(source, arrays: ["items"], byteOffset: byteOffset)
        }
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while true {
            if let event = pending.popFirst() { return event }
            if hasEnded { return nil }
            if elements != nil { try takeElement() } else { try takeMember() }
        }
    }

    private mutating func end() {
        hasEnded = true
        pending += families.finish(file: name)
    }

    private mutating func takeElement() throws(InterchangeError) {
        switch try elements?.next() {
        case nil: end()
        case .event(let event): pending.append(event)
        case .element(let bytes, let place): take(bytes, place)
        }
    }

    private mutating func takeMember() throws(InterchangeError) {
        switch try members?.next() {
        case nil: end()
        case .event(let event): pending.append(event)
        case .element(_, let bytes, let place):
            hasItems = true
            take(bytes, place)
        case .member(let member, let bytes):
            guard member == "collections" else { return }
            let place = SourcePlace(file: name, line: 1, byteOffset: 0)
            if hasItems {
                pending.append(.remark(place, "the collections stand behind the items, and were passed over"))
                return
            }
            do throws(Rejection) {
                families.collectionsOfItem = ZoteroCollections.ofItems(
                    .object(try JSONObject.members(of: bytes)))
            } catch {
                pending.append(.remark(place, "the collections could not be read: \(error.reason)"))
            }
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, _ place: SourcePlace) {
        do throws(Rejection) {
            pending += families.take(
                element: try JSONObject.members(of: bytes), place: place, sizeBytes: bytes.count)
        } catch {
            pending.append(error.event(at: place))
        }
    }
}

extension ZoteroFamilies {
    /// An element of Zotero's JSON, in either form.
    mutating func take(element members: [JSONMember], place: SourcePlace, sizeBytes: Int) -> [SourceEvent] {
        let object = JSONValue.object(members)
        if let data = object["data"], data.members != nil {
            return take(
                data, producer: ZoteroMapping.producer(object["library"]), place: place, sizeBytes: sizeBytes)
        }
        let address = object["uri"]?.string.flatMap { ZoteroAddress($0) }
        guard object["key"] == nil, object["itemKey"] == nil, let address else {
            return take(object, producer: address?.producer, place: place, sizeBytes: sizeBytes)
        }
        let keyed = JSONValue.object(members + [JSONMember(name: "key", value: .string(address.key))])
        return take(keyed, producer: address.producer, place: place, sizeBytes: sizeBytes)
    }
}
