import QuipuCanonicalJSON
import QuipuSQLite
import QuipuStorage
import Support
import Testing

/// Addresses whose canonical form was another one in earlier versions.
@Suite struct FormerAddressTests {
    private func page(_ address: String, _ title: String) -> ImportItem {
        ImportItem(
            kind: "article",
            fields: [
                (name: "title", json: canonicalString(title)), (name: "url", json: canonicalString(address)),
            ])
    }

    @Test func `pages that differ in the number that ref tells are two`() throws {
        let store = try Replicas(1)[0]
        let items = [
            page("https://town.example.org/case?ref=20/00123/FUL", "Mill Lane houses"),
            page("https://town.example.org/case?ref=20/00999/OUT", "Harbour hotel"),
            page("https://town.example.org/case", "Cases"),
            page("https://town.example.org/case?ref=newsletter", "Cases"),
        ]
        let ids = try store.importBatch(items, author: "ana").map(\.id)
        #expect(Set(ids).count == 3 && ids[2] == ids[3])
    }

    @Test func `a host in Punycode is the one in Unicode`() throws {
        let store = try Replicas(1)[0]
        let ids = try store.importBatch(
            [page("https://xn--mnchen-3ya.de/a", "A"), page("https://münchen.de/a", "A")], author: "ana"
        ).map(\.id)
        #expect(Set(ids).count == 1)
    }

    @Test func `an archive that lists an address under its former form finds it and is whole`() throws {
        let group = try Replicas(1)
        let item = page("https://e.example.org/case?ref=20/1", "A case")
        let ids = try group[0].importBatch(
            [item, page("https://e.example.org/case", "Cases")], author: "ana"
        ).map(
            \.id)
        try Connection(path: group[0].folder.storePath, options: .init(mode: .readWrite)).execute(
            """
            INSERT INTO identity SELECT key, 1 FROM identity WHERE record = 2;
            DELETE FROM identity WHERE record = 1 AND key NOT IN (SELECT key FROM identity WHERE record = 2)
            """)
        #expect(try group[0].verify().damaged == [])
        #expect(try group[0].importBatch([item], author: "ana") == [.unchanged(ids[0])])
        let changed = page("https://e.example.org/case?ref=20/1", "A case, settled")
        #expect(try group[0].importBatch([changed], author: "ana") == [.updated(ids[0])])
    }
}
