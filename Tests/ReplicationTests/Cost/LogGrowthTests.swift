import QuipuCanonicalJSON
import QuipuCausality
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// What the entries of the log cost that changed one record: counted, at two sizes.
@Suite struct LogGrowthTests {
    private func edit(_ number: Int, _ text: String) -> Edit {
        Edit(
            id: RecordID(rawValue: UInt128(number)), kind: "article",
            changes: [.init(field: "title", json: canonicalString(text))])
    }

    private func entries(changing number: Int, in store: Store) throws -> [LogEntry] {
        let record = try #require(try store.view(RecordID(rawValue: UInt128(number)), kind: "article"))
        var found: [LogEntry] = []
        try store.log.forEachLogEntry(changing: record) {
            found.append($0)
            return true
        }
        return found
    }

    @Test func `the entries that changed a record are listed in one pass over them`() throws {
        let steps = try [60, 600].map { size in
            let group = try Replicas(1)
            for number in 0..<size {
                group.world.advance(milliseconds: 1)
                _ = try group[0].edit([edit(1, "State \(number)")], author: "ana")
            }
            let meter = StatementMeter(over: group.folder)
            let store = try Store(opening: group[0].folder, environment: group.world.environment())
            var found: [LogEntry] = []
            let tally = try meter.count { found = try entries(changing: 1, in: store) }
            #expect(found.count == size)
            return tally.steps
        }
        #expect(steps[1] <= 14 * steps[0], "\(steps)")
    }

    @Test func `an entry is told with all its transactions, from whichever record it is looked at`() throws {
        let group = try Replicas(2)
        var random = SplitMix64(seed: 5)
        for step in 0..<60 {
            group.world.advance(milliseconds: 1)
            let store = group[Int.random(in: 0...1, using: &random)]
            let count = Int.random(in: 1...4, using: &random)
            try store.asOneEntry("step \(step)") {
                for part in 0..<count {
                    let number = Int.random(in: 1...5, using: &random)
                    _ = try store.edit([edit(number, "\(step).\(part)")], author: "ana")
                }
            }
            if step % 7 == 0 { try group.sync(0, 1) }
        }
        try group.sync(0, 1)
        for store in group.stores {
            for number in 1...5 {
                let record = try #require(
                    try store.view(RecordID(rawValue: UInt128(number)), kind: "article"))
                let found = try entries(changing: number, in: store)
                for entry in found {
                    #expect(try store.log.logEntry(of: entry.name).positions == entry.positions)
                    #expect(entry.words?.hasPrefix("step") == true)
                }
                let changing = try store.log.history(of: record).map(\.position)
                let told = Set(found.flatMap(\.positions))
                #expect(Set(found.map(\.name)).count == found.count && changing.allSatisfy(told.contains))
            }
        }
    }
}
