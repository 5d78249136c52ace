import QuipuCausality
import QuipuReplication
import QuipuSQLite
import QuipuStorage
import Support
import Testing

/// Two replicas with equal vectors and unequal digests: where they differ is found without sending the archive.
@Suite struct DifferenceSearchTests {
    private func group(articles count: Int) throws -> Replicas {
        let group = try Replicas(2)
        var random = SplitMix64(seed: 3)
        for _ in 0..<count {
            let id = UInt128(random.next()) << 64 | UInt128(random.next())
            try group.add([("title", "\"T\""), ("body", "\"B\"")], id: id, at: 0)
        }
        try group.sync(0, 1)
        return group
    }

    private func damage(_ store: Store, _ sql: String) throws {
        try Connection(path: store.folder.storePath, options: .init(mode: .readWrite)).execute(sql)
    }

    @Test func `sound mirrors have no differences`() throws {
        let group = try group(articles: 50)
        let search = try DifferenceSearch(group[0], over: group.link(to: 1))
        #expect(search.findings.isEmpty && search.emptyRanges == 0)
        #expect(search.roundTrips == 1)
    }

    @Test(arguments: [false, true])
    func `damaged records are found on either side`(isThere: Bool) throws {
        let group = try group(articles: 300)
        try damage(
            group[isThere ? 1 : 0],
            "UPDATE record SET fields = json_set(fields, '$.title', 'X') WHERE row IN (7, 190)")
        let search = try DifferenceSearch(group[0], over: group.link(to: 1))
        let all = try group[0].ranges.records(in: .all).map(\.id)
        #expect(Set(search.findings.map(\.id)) == [all[6], all[189]])
        #expect(search.roundTrips <= 12)
    }

    @Test(arguments: [0, 1])
    func `a record that shows another of its versions is reported as such`(place: Int) throws {
        let group = try group(articles: 20)
        try group.add([("title", "\"One\"")], id: 77 << 90, at: 0)
        try group.sync(0, 1)
        try group.add([("title", "\"ana\"")], id: 77 << 90, at: 0)
        try group.add([("title", "\"ben\"")], id: 77 << 90, at: 1)
        try group.syncAll()
        try damage(
            group[place],
            """
            UPDATE record SET fields = replace(fields, '"title":"ben"', '"title":"ana"');
            UPDATE version SET flags = (flags | 8) - (flags & 8) WHERE flags & 4
                AND record = (SELECT record FROM conflict) AND field = (SELECT row FROM name WHERE text = 'title')
            """)
        #expect(try group[0].digest == group[1].digest)
        let search = try DifferenceSearch(group[0], over: group.link(to: 1))
        #expect(search.findings.map(\.id) == [RecordID(rawValue: 77 << 90)])
        #expect(search.findings.allSatisfy { $0.isShownOtherwise })
    }

    @Test func `records that are missing here are reported as missing`() throws {
        let group = try group(articles: 30)
        try damage(group[0], "DELETE FROM record WHERE row = 4")
        let search = try DifferenceSearch(group[0], over: group.link(to: 1))
        #expect(search.findings.count + search.emptyRanges >= 1)
    }

    @Test func `a range splits into parts without gap or overlap`() {
        for range in [
            HandleRange.all, .init(first: 5, last: 5), .init(first: 0, last: 16), .init(first: 3, last: 9),
        ] {
            let parts = range.split(into: 16)
            #expect(parts.count <= 16 && parts.first?.first == range.first && parts.last?.last == range.last)
            for (left, right) in zip(parts, parts.dropFirst()) { #expect(left.last + 1 == right.first) }
        }
    }
}
