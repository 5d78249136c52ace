import QuipuCanonicalJSON
import QuipuCausality
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// What an import costs whose items have one and the same key: counted, at two sizes.
@Suite struct ImportGrowthTests {
    private static let text = String(repeating: "The river rose in the night. ", count: 10)

    /// What all items have.
    enum Shared: CaseIterable {
        case title, text, url, doi

        fileprivate func item(_ number: Int) -> ImportItem {
            var fields = [("title", self == .title ? "One title" : "Title \(number)")]
            var source: ItemSource?
            switch self {
            case .title: fields.append(("author", "Author \(number)"))
            case .text: fields.append(("body", ImportGrowthTests.text))
            case .url: fields.append(("url", "https://example.org/one"))
            case .doi: fields.append(("doi", "10.1234/one"))
            }
            // With ids of their own they are different articles all the same.
            if self == .url || self == .doi { source = ItemSource(scope: "feed", id: "\(number)") }
            return ImportItem(
                kind: "article", fields: fields.map { (name: $0.0, json: canonicalString($0.1)) },
                source: source)
        }
    }

    private func importing(_ items: [ImportItem], to store: Store) throws -> Int {
        let effects = try store.importBatch(items, author: "ana")
        return effects.count { if case .created = $0 { true } else { false } }
    }

    private func cost(
        of items: [ImportItem], to store: Store, _ meter: StatementMeter, creating count: Int
    ) throws -> StatementMeter.Tally {
        var created = -1
        let tally = try meter.count { created = try importing(items, to: store) }
        #expect(created == count)
        return tally
    }

    /// Ten times as much for ten times as many, and a little for pages of an index.
    private func isLinear(_ counts: [Int]) -> Bool { counts[1] <= counts[0] * 14 }

    @Test(arguments: Shared.allCases)
    func `articles that all have the same costs each what one of few costs, and again nothing is written`(
        shared: Shared
    ) throws {
        var costs: [[Int]] = []
        for size in [200, 2_000] {
            let group = try Replicas(1)
            let meter = StatementMeter(over: group.folder)
            let store = try Store(opening: group[0].folder, environment: group.world.environment())
            let items = (0..<size).map(shared.item)
            let first = try cost(of: items, to: store, meter, creating: size)
            let (position, digest) = (try store.position, try store.digest)
            let second = try cost(of: items, to: store, meter, creating: 0)
            #expect(try store.position == position && store.digest == digest)
            costs.append([first.steps, second.steps])
        }
        for (small, large) in zip(costs[0], costs[1]) { #expect(isLinear([small, large]), "\(costs)") }
    }

    @Test func `what many items left behind in one record is read once when their file is imported again`()
        throws
    {
        var statements: [Int] = []
        for size in [100, 1_000] {
            let store = try Replicas(1)[0]
            let items = (0..<size).map { number in
                ImportItem(
                    kind: "article",
                    fields: [
                        ("title", canonicalString("Title \(number)")),
                        ("url", canonicalString("https://example.org/one")),
                    ])
            }
            #expect(try importing(items, to: store) == 1)
            let (position, before) = (try store.position, store.database.statementCount)
            #expect(try importing(items, to: store) == 0)
            statements.append(store.database.statementCount - before)
            #expect(try store.position == position)
        }
        // To find its record costs an item four; none goes to what the record holds.
        #expect(statements[1] - statements[0] <= 900 * 5, "\(statements)")
    }

    @Test func `the records with a key that are looked at are those with the least ids, whoever wrote them`()
        throws
    {
        let group = try Replicas(1)
        let one = group[0]
        let other = try Store(opening: one.folder, environment: group.world.environment())
        var number = 0
        for round in 0..<9 {
            let store = round % 3 == 1 ? other : one
            let items = (0..<40).map { Shared.text.item(number + $0) }
            number += items.count
            #expect(try importing(items, to: store) == items.count)
            for store in [one, other] {
                let index = store.archive.keyIndex
                let canonical = try #require(KeyedField.body.canonical(Self.text))
                let key = NaturalKey(.text, canonical, kind: "article", in: store.archive.id)
                try store.archive.reading {
                    try index.beginImport()
                    #expect(try index.candidateRows(with: key) == index.recordRows(with: key))
                }
            }
        }
    }
}
