import Support
import Testing

extension Processes {
    /// A ledger that notices nothing would let every test of crashes pass.
    struct LedgerTests {
        @Test
        func `a ledger reports each lost edit with the command that acknowledged it`() throws {
            let office = try Office(articles: ["The bridge opens"])
            var ledger = Ledger()
            try ledger.acknowledge(office.ana, "sync")
            #expect(try ledger.lost(at: office.ben).isEmpty && ledger.count == 1)

            _ = try office.ana.add(title: "Fog in the harbour")
            try ledger.acknowledge(office.ana, "add")
            #expect(try ledger.lost(at: office.ben) == ["ana: add"])
            try office.syncAll()
            #expect(try ledger.lost(at: office.ben).isEmpty)
            // Another edit of the same is not the same.
            let place = try TemporaryFolder()
            let caro = try Machine("caro", in: place)
            try caro.quipu("init", "--name", "press")
            _ = try caro.add(title: "The bridge opens")
            _ = try caro.add(title: "Fog in the harbour")
            #expect(try ledger.lost(at: caro) == ["ana: add", "ana: sync"])
        }
    }
}
