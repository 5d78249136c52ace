import QuipuCausality
import QuipuReplication
import QuipuStorage
import QuipuWire
import Support
import Testing

/// The same file imported on many mirrors of one server: its texts travel once.
@Suite struct KnownTextTests {
    /// Mirrors 1... of the server 0, each in agreement with it, which then import something.
    private func mirrors(
        _ count: Int, importing articles: (Int) -> [ImportedArticles]
    ) throws -> (group: Replicas, agreements: [Agreement?]) {
        let group = try Replicas(count + 1)
        try group.add([("title", "\"Water\"")], kind: "collection", id: 1, at: 0)
        var agreements: [Agreement?] = [nil]
        for mirror in 1...count { agreements.append(try group.sync(mirror, 0).1) }
        for mirror in 1...count {
            for articles in articles(mirror) {
                _ = try group[mirror].importBatch(articles.items, author: "ana \(mirror)")
            }
        }
        return (group, agreements)
    }

    /// As over a link that is not this machine's memory.
    private func sync(_ mirror: Int, in group: Replicas, agreement: Agreement? = nil) throws -> (
        SyncReport, Agreement?
    ) {
        group.world.advance(milliseconds: 1_000)
        return try Synchronizer(group[mirror], over: HalfLink(to: group[0])).run(agreement: agreement)
    }

    private func carried(_ report: SyncReport) -> Int { report.bytesSent + report.bytesReceived }

    private func expectEqual(_ group: Replicas) throws {
        for store in group.stores {
            #expect(try store.digest == group[0].digest)
            #expect(try store.log.knowledge().hash == group[0].log.knowledge().hash)
            #expect(try store.texts.missingCount == 0 && store.openConflicts == 0)
            #expect(try store.verify().damaged == [])
            #expect(try store.log.refusals() == [])
        }
    }

    @Test
    func
        `a mirror that imported what seven others sent moves a seventh of the file at most, both ways together`()
        throws
    {
        let articles = ImportedArticles(300)
        var (group, agreements) = try mirrors(8) { _ in [articles] }
        var shares: [Double] = []
        for mirror in 1...8 {
            let (report, agreement) = try sync(mirror, in: group, agreement: agreements[mirror])
            #expect(report.inSync)
            #expect(report.roundTrips <= 4)
            agreements[mirror] = agreement
            shares.append(Double(carried(report)) / Double(articles.fileBytes))
        }
        #expect(shares[0] > 0.2, "the first sends the texts: \(shares)")
        #expect(shares.dropFirst().allSatisfy { $0 < 0.15 }, "\(shares)")
        // And those who came first fetch the transactions of those who came later.
        var later: [Double] = []
        for mirror in 1...8 {
            let (report, _) = try sync(mirror, in: group, agreement: agreements[mirror])
            #expect(report.inSync)
            later.append(Double(carried(report)) / Double(articles.fileBytes))
        }
        #expect(later.allSatisfy { $0 < 0.15 }, "\(later)")
        try expectEqual(group)
    }

    @Test func `a mirror that imported further files sends only those`() throws {
        let common = ImportedArticles(300)
        let own = (1...3).map { ImportedArticles(200, seed: UInt64($0 + 1)) }
        let (group, agreements) = try mirrors(3) { mirror in
            mirror == 2 ? [common, own[mirror - 1]] : [own[mirror - 1], common]
        }
        for mirror in 1...3 {
            let (report, _) = try sync(mirror, in: group, agreement: agreements[mirror])
            #expect(report.inSync)
            // What the others sent of their own came as well.
            let newBytes =
                own[..<mirror].reduce(0) { $0 + $1.fileBytes } + (mirror == 1 ? common.fileBytes : 0)
            #expect(carried(report) < newBytes * 6 / 10, "mirror \(mirror)")
        }
        for mirror in 1...3 { try group.sync(mirror, 0) }
        try expectEqual(group)
    }

    @Test
    func `articles that were corrected, tagged or deleted meanwhile are still sent by reference`()
        throws
    {
        let articles = ImportedArticles(300)
        let (group, agreements) = try mirrors(3) { _ in [articles] }
        var (report, agreement) = try sync(1, in: group, agreement: agreements[1])
        let ids = try group[1].importBatch(articles.items, author: "ana 1").compactMap(\.id)
        for (number, id) in ids.enumerated() where number % 3 == 0 {
            let change = Edit.Change(
                field: number % 2 == 0 ? "title" : "body", json: Array("\"Corrected\"".utf8))
            _ = try group[1].edit([Edit(id: id, kind: "article", changes: [change])], author: "ana")
            if number % 9 == 0 { _ = try group[1].delete(id, kind: "article", author: "ana") }
        }
        (report, agreement) = try sync(1, in: group, agreement: agreement)
        #expect(report.inSync && agreement != nil)
        for mirror in 2...3 {
            let (report, _) = try sync(mirror, in: group, agreement: agreements[mirror])
            #expect(report.inSync)
            #expect(carried(report) < articles.fileBytes / 5)
        }
        try group.sync(1, 0)
        for store in group.stores { #expect(try store.digest == group[0].digest) }
        for store in group.stores { #expect(try store.verify().damaged == []) }
    }

    @Test func `a changed file that is imported again everywhere travels once`() throws {
        let articles = ImportedArticles(300)
        var changed = ImportedArticles(300, seed: 1).items
        for index in changed.indices {
            let body = changed[index].fields.firstIndex { $0.name == "body" }!
            changed[index].fields[body].json.insert(contentsOf: Array("New: ".utf8), at: 1)
        }
        var (group, agreements) = try mirrors(3) { _ in [articles] }
        for _ in 0..<2 {
            for mirror in 1...3 {
                agreements[mirror] = try sync(mirror, in: group, agreement: agreements[mirror]).1
            }
        }
        for mirror in 1...3 { _ = try group[mirror].importBatch(changed, author: "ana") }
        for mirror in 1...3 {
            let (report, agreement) = try sync(mirror, in: group, agreement: agreements[mirror])
            #expect(report.inSync)
            #expect(mirror == 1 || carried(report) < articles.fileBytes * 15 / 100)
            agreements[mirror] = agreement
        }
        for mirror in 1...3 { try group.sync(mirror, 0) }
        try expectEqual(group)
    }

    @Test func `an import that only one mirror made is sent in two round trips`()
        throws
    {
        let articles = ImportedArticles(60)
        let (group, agreements) = try mirrors(1) { _ in [articles] }
        let (report, _) = try sync(1, in: group, agreement: agreements[1])
        #expect(report.inSync)
        #expect(report.roundTrips == 2)
        // A few articles are sent at once.
        _ = try group[1].importBatch(ImportedArticles(10, seed: 2).items, author: "ana")
        let (next, _) = try sync(1, in: group, agreement: nil)
        #expect(next.inSync)
        #expect(next.roundTrips == 2)
    }

    @Test func `a first push to an empty mirror takes two round trips`() throws {
        let group = try Replicas(2)
        _ = try group[0].importBatch(ImportedArticles(100).items, author: "ana")
        let (report, _) = try group.sync(0, 1)
        #expect(report.inSync)
        #expect(report.roundTrips == 2)
    }

    @Test func `two mirrors with the same import do not send it at their first sync`() throws {
        let articles = ImportedArticles(600)
        let group = try Replicas(2)
        for store in group.stores { _ = try store.importBatch(articles.items, author: "ana") }
        let (report, _) = try sync(1, in: group)
        #expect(report.inSync)
        #expect(carried(report) < articles.fileBytes * 6 / 100)
        #expect(report.roundTrips <= 3)
        try expectEqual(group)
    }

    @Test
    func
        `of articles that each mirror has with tags of its own the texts come once and are not sent`()
        throws
    {
        let articles = ImportedArticles(300)
        let (group, agreements) = try mirrors(3) { mirror in [articles.tagged("of mirror \(mirror)")] }
        for mirror in 1...3 {
            let (report, _) = try sync(mirror, in: group, agreement: agreements[mirror])
            #expect(report.inSync)
            #expect(report.bytesReceived < articles.fileBytes * 45 / 100, "mirror \(mirror)")
            if mirror > 1 { #expect(report.bytesSent < articles.fileBytes * 10 / 100, "mirror \(mirror)") }
        }
        for mirror in 1...3 { try group.sync(mirror, 0) }
        try expectEqual(group)
    }
}
