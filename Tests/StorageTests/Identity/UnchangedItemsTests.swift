import QuipuCanonicalJSON
import QuipuCausality
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// Files that are imported again: what is known costs next to nothing, and whatever has happened to a record since has the
/// effect that it always had.
@Suite struct UnchangedItemsTests {
    private static let collection = RecordID(rawValue: 1)
    private static let address = "https://example.org/the-river"

    /// How an item is known again.
    enum Key: CaseIterable {
        case address
        case producersID
        case rowNumber
    }

    private func item(_ key: Key, _ number: Int = 1, further: [(String, String)] = []) -> ImportItem {
        var fields = [("title", "The river \(number)"), ("body", "It rose in the night.")] + further
        if key == .address { fields.append(("url", Self.address + "/\(number)")) }
        let source: ItemSource? =
            switch key {
            case .address: nil
            case .producersID: ItemSource(scope: "feed", id: "item-\(number)")
            case .rowNumber: ItemSource(scope: "plain", id: "\(number)")
            }
        return ImportItem(
            kind: "article", fields: fields.map { (name: $0.0, json: canonicalString($0.1)) }, source: source)
    }

    private func bring(_ items: [ImportItem], to store: Store, in collections: [RecordID] = [collection])
        throws
        -> [ImportEffect]
    {
        var run = ImportRun(collections: collections)
        return try store.importBatch(items, author: "ana", run: &run).map(\.effect)
    }

    private func edit(_ id: RecordID, _ field: String, _ json: String, at store: Store) throws {
        let change = Edit.Change(field: field, json: Array(json.utf8))
        _ = try store.edit([Edit(id: id, kind: "article", changes: [change])], author: "ana")
    }

    @Test(arguments: Key.allCases)
    func `a known item costs one statement and writes nothing`(key: Key) throws {
        var counts: [Int] = []
        for size in [10, 110] {
            let store = try Replicas(1)[0]
            let items = (1...size).map { item(key, $0) }
            let first = try bring(items, to: store)
            let position = try store.position
            // The first takes up the keys that it finds.
            for _ in 0..<2 {
                let before = store.database.statementCount
                #expect(try bring(items, to: store) == first.map { .unchanged($0.id) })
                counts.append(store.database.statementCount - before)
            }
            #expect(try store.position == position)
        }
        // Of each transaction of the first import it is asked once who made it.
        #expect(counts[3] - counts[1] <= 100 + 4, "\(counts)")
    }

    @Test(arguments: Key.allCases)
    func `a deleted record stays deleted`(key: Key) throws {
        for collections in [[Self.collection], []] {
            let store = try Replicas(1)[0]
            let id = try bring([item(key)], to: store, in: collections)[0].id
            _ = try store.delete(id, kind: "article", author: "ana")
            #expect(try bring([item(key)], to: store, in: collections) == [.stayedDeleted(id)])
        }
    }

    @Test(arguments: Key.allCases)
    func `a manual correction is kept, for imported fields and for others`(key: Key) throws {
        let store = try Replicas(1)[0]
        let id = try bring([item(key)], to: store)[0].id
        for (field, json) in [("body", "\"It fell.\""), ("publisher", "\"Daily\"")] {
            try edit(id, field, json, at: store)
            #expect(try bring([item(key)], to: store) == [.unchanged(id)])
            #expect(try store.view(id, kind: "article")?[field] == Array(json.utf8))
        }
    }

    @Test(arguments: Key.allCases)
    func `an item is added to a new collection, but not to one that it was removed from`(key: Key) throws {
        let store = try Replicas(1)[0]
        let id = try bring([item(key)], to: store, in: [])[0].id
        #expect(try bring([item(key)], to: store) == [.updated(id)])
        #expect(try bring([item(key)], to: store) == [.unchanged(id)])
        let membership = "collections/\(Self.collection.text)"
        try edit(id, membership, "false", at: store)
        #expect(try bring([item(key)], to: store) == [.unchanged(id)])
        #expect(try store.view(id, kind: "article")?[membership] == Array("false".utf8))
        #expect(try bring([item(key)], to: store, in: [RecordID(rawValue: 2)]) == [.updated(id)])
    }

    @Test(arguments: Key.allCases)
    func `an additional or a changed value is imported`(key: Key) throws {
        let store = try Replicas(1)[0]
        let id = try bring([item(key)], to: store)[0].id
        let more = item(key, further: [("publisher", "Daily")])
        #expect(try bring([more], to: store) == [.updated(id)])
        #expect(try bring([more], to: store) == [.unchanged(id)])
        #expect(try store.view(id, kind: "article")?.string("publisher") == "Daily")
        let old: ImportEffect = key == .address ? .unchanged(id) : .outdated(id)
        #expect(try bring([item(key)], to: store) == [old])
    }

    @Test func `a field name with escaped characters is not mistaken for another name`() throws {
        let store = try Replicas(1)[0]
        let id = try bring([item(.address, further: [("x-a\"b", "1")])], to: store)[0].id
        #expect(try bring([item(.address, further: [("x-a\\\"b", "1")])], to: store) == [.updated(id)])
        #expect(try bring([item(.address, further: [("x-a\\\"b", "1")])], to: store) == [.unchanged(id)])
    }

    @Test func `a given title replaces a derived one`() throws {
        let store = try Replicas(1)[0]
        var made = item(.address)
        made.fields.append(("derived/title", Array("true".utf8)))
        let id = try bring([made], to: store)[0].id
        #expect(try bring([item(.address)], to: store) == [.updated(id)])
        #expect(try store.view(id, kind: "article")?["derived/title"] == Array("false".utf8))
        #expect(try bring([item(.address)], to: store) == [.unchanged(id)])
    }
}
