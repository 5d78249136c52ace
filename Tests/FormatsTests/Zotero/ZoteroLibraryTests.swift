import QuipuFormats
import Testing

/// A library that answers as Zotero's API does: at most 100 of a list, `since`, `itemKey`, an order.
private struct Library: ZoteroPages {
    struct Item {
        let key: String
        var version = 1
        var parent: String?
        var type = "book"
        var collections: [String] = []
        var note = ""
    }

    var items: [Item] = []
    var collections: [(key: String, name: String, parent: String?)] = []
    var version = 5
    private(set) var asked: [String] = []
    let log: Log

    final class Log { var paths: [String] = [] }

    mutating func page(
        path: String
    ) throws(InterchangeError) -> (bytes: [UInt8], lastModifiedVersion: Int?, total: Int?) {
        log.paths.append(path)
        let parts = path.split(separator: "?")
        var query: [String: String] = [:]
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1)
            query[String(halves[0])] = String(halves[1])
        }
        let limit = min(100, Int(query["limit"] ?? "25") ?? 25)
        let start = Int(query["start"] ?? "0") ?? 0
        if parts[0] == "collections" {
            let page = collections.dropFirst(start).prefix(limit).map {
                #"{"key":"\#($0.key)","data":{"key":"\#($0.key)","name":"\#($0.name)","parentCollection":\#($0.parent.map { "\"\($0)\"" } ?? "false")}}"#
            }
            return (Array("[\(page.joined(separator: ","))]".utf8), version, collections.count)
        }
        var found = items
        let segments = parts[0].split(separator: "/")
        if segments.count == 3 {
            let key = String(segments[1])
            let tops = Set(items.filter { $0.collections.contains(key) }.map(\.key))
            found = items.filter { tops.contains($0.key) || $0.parent.map(tops.contains) == true }
        }
        if let since = query["since"].flatMap({ Int($0) }) { found = found.filter { $0.version > since } }
        if let keys = query["itemKey"]?.split(separator: ",").map(String.init) {
            guard keys.count <= 50 else {
                throw InterchangeError(
                    code: .unreadable, operation: "get", path: path, message: "400", hint: "Ask for fewer.")
            }
            found = found.filter { keys.contains($0.key) }
        }
        let page = found.dropFirst(start).prefix(limit).map { item in
            let collections = item.collections.map { "\"\($0)\"" }.joined(separator: ",")
            let parent = item.parent.map { ",\"parentItem\":\"\($0)\"" } ?? ""
            return
                #"{"key":"\#(item.key)","version":\#(item.version),"library":{"type":"group","id":7},"data":{"key":"\#(item.key)","itemType":"\#(item.type)","title":"Title \#(item.key)","note":"\#(item.note)","collections":[\#(collections)]\#(parent)}}"#
        }
        return (Array("[\(page.joined(separator: ","))]".utf8), version, found.count)
    }
}

@Suite struct ZoteroLibraryTests {
    private func key(_ letter: String, _ number: Int) -> String { letter + String(1_000_000 + number) }

    private func library() -> Library {
        var library = Library(log: Library.Log())
        library.collections = [
            ("COLLAAAA", "Rivers", nil), ("COLLBBBB", "Floods", "COLLAAAA"), ("COLLCCCC", "Law", nil),
        ]
        for number in 0..<250 {
            // Notes stand before what they belong to.
            library.items.append(
                .init(key: key("N", number), parent: key("A", number), type: "note", note: "<p>n</p>"))
            library.items.append(
                .init(
                    key: key("A", number),
                    collections: number < 10 ? ["COLLBBBB"] : number < 20 ? ["COLLCCCC"] : []))
        }
        return library
    }

    @Test func `a Zotero library is read page by page, with collections as paths`() throws {
        let library = library()
        var reader = ZoteroLibraryReader(library, name: "zotero:")
        let reading = try Reading(&reader)
        #expect(reading.items.count == 500 && reading.rejections.isEmpty)
        #expect(reading.items[0].relations.collections == [["Rivers", "Floods"]])
        #expect(reading.items[0].producer == "zotero:groups/7")
        #expect(reader.version == 5)
        #expect(library.log.paths.count == 1 + 5)
    }

    @Test func `a Zotero collection is read with the collections inside it`() throws {
        var reader = ZoteroLibraryReader(library(), name: "zotero:Rivers", collection: "rivers")
        #expect(try Reading(&reader).items.count == 20)
        var inner = ZoteroLibraryReader(library(), name: "zotero:Rivers/Floods", collection: "Rivers/Floods")
        #expect(try Reading(&inner).items.count == 20)
    }

    @Test func `an unknown Zotero collection is refused with the existing names`() throws {
        var reader = ZoteroLibraryReader(library(), name: "zotero:River", collection: "River")
        let error = #expect(throws: InterchangeError.self) { _ = try Reading(&reader) }
        #expect(error?.hint == "Among those it has: Law, Rivers, Rivers/Floods.")
    }

    @Test func `a later Zotero import requests only changed items and the articles of changed notes`() throws
    {
        var library = library()
        for number in 0..<60 { library.items[number * 2].version = 7 }
        library.version = 7
        var reader = ZoteroLibraryReader(library, name: "zotero:", since: 5)
        let reading = try Reading(&reader)
        #expect(reading.items.count == 120 && reading.remarks.isEmpty && reader.version == 7)
        #expect(
            reading.items[0].kind == "article"
                && reading.items[1].relations.parent == reading.items[0].relations.key)
        #expect(library.log.paths.count == 1 + 1 + 2)
    }

    @Test func `a Zotero import without changes takes two requests`() throws {
        let library = library()
        var reader = ZoteroLibraryReader(library, name: "zotero:", since: 5)
        #expect(try Reading(&reader).items.isEmpty)
        #expect(library.log.paths.count == 2)
    }
}

extension Reading {
    /// Reads on in place, so that the reader can be asked afterwards.
    fileprivate init(_ reader: inout ZoteroLibraryReader) throws {
        self.init()
        while let event = try reader.next() {
            switch event {
            case .item(let item): items.append(item)
            case .rejected(let place, let reason): rejections.append((place, reason))
            case .remark(_, let text): remarks.append(text)
            }
        }
    }
}
