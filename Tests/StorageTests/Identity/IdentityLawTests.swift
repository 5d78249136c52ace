import Foundation
import QuipuCausality
import QuipuStorage
import Support
import Testing

/// The laws of what counts as the same article, over files whose items share any subset of keys. Each import on the way is
/// held against the naive rules, item by item. `QUIPU_IDENTITY_SEEDS=1000` plays more histories.
@Suite struct IdentityLawTests {
    private static let count =
        ProcessInfo.processInfo.environment["QUIPU_IDENTITY_SEEDS"].flatMap { Int($0) }
        ?? RandomSeeds.first(40).upperBound

    @Test func `every item finds the record that the rules give, and no value is lost silently`() throws {
        for seed in 1...UInt64(Self.count) {
            let history = IdentityHistory(seed: seed)
            do {
                let world = try IdentityWorld(history)
                try world.quiet()
                let written = try world.writtenValues(on: 0)
                // What an item left is named when it is read first.
                var named: Set<String> = []
                for join in world.joins {
                    if case .stayedDeleted = join.outcome.effect { continue }
                    for field in join.item.fields where !isMadeUp(field.name, join.item) {
                        let key = IdentityWorld.key(
                            join.outcome.effect.id, field.name, ValueHash(of: field.json))
                        if join.outcome.leftFields.contains(field.name) { named.insert(key) }
                        let isThere = written.contains(key) || named.contains(key)
                        #expect(isThere, "seed \(seed): \(field.name) of \(join.item) is nowhere\n\(history)")
                    }
                }
            } catch let violation as IdentityViolation {
                Issue.record("seed \(seed): \(violation)\n\(history)")
            }
        }
    }

    /// A title that is made up never stands in for a given one.
    private func isMadeUp(_ field: String, _ item: SharedItem) -> Bool {
        item.isTitleDerived && (field == "title" || field == "derived/title")
    }

    @Test func `importing any imported file again changes nothing, on any mirror`() throws {
        for seed in 1...UInt64(Self.count) {
            let history = IdentityHistory(seed: seed)
            let world: IdentityWorld
            do { world = try IdentityWorld(history) } catch is IdentityViolation { continue }
            try world.quiet()
            for round in 0..<2 {
                for mirror in 0..<history.mirrors {
                    for case .bring(let file, _) in history.steps where !world.refusedFiles.contains(file) {
                        let isNews = try CheckedImport.isNews(
                            history.files[file], to: world.replicas[mirror], author: "again")
                        #expect(
                            !isNews, "seed \(seed): file \(file) on \(mirror), round \(round)\n\(history)")
                    }
                }
                try world.quiet()
            }
        }
    }

    @Test func `importing the same files in the same order on equal mirrors makes no conflict`() throws {
        for seed in 1...UInt64(Self.count) {
            let files = IdentityHistory(seed: seed).files
            var random = SplitMix64(seed: seed)
            let replicas = try Replicas(2)
            var done = [0, 0]
            while done.contains(where: { $0 < files.count }) {
                replicas.world.advance(milliseconds: 1_000)
                let who = Int.random(in: 0..<3, using: &random)
                if who == 2 {
                    try replicas.sync(0, 1)
                } else if done[who] < files.count {
                    _ = try CheckedImport.isNews(files[done[who]], to: replicas[who], author: "m\(who)")
                    done[who] += 1
                }
            }
            try replicas.syncAll()
            #expect(try replicas[0].openConflicts == 0, "seed \(seed): \(files)")
            #expect(try replicas[0].digest == replicas[1].digest)
            for store in replicas.stores { #expect(try store.verify().damaged == []) }
        }
    }

    @Test func `the import laws hold when records are merged, unmerged and purged between imports`() throws {
        for seed in 1...UInt64(Self.count * 2) {
            let history = IdentityHistory.withMerges(seed: seed)
            do {
                let world = try IdentityWorld(history)
                try world.quiet()
                for round in 0..<2 {
                    for mirror in 0..<history.mirrors {
                        for case .bring(let file, _) in history.steps where !world.refusedFiles.contains(file)
                        {
                            let isNews = try CheckedImport.isNews(
                                history.files[file], to: world.replicas[mirror], author: "again")
                            #expect(
                                !isNews,
                                "seed \(seed): file \(file) on \(mirror), round \(round)\n\(history)")
                        }
                    }
                    try world.quiet()
                }
                let first = world.replicas[0]
                for store in world.replicas.stores {
                    #expect(try store.digest == first.digest, "seed \(seed)\n\(history)")
                    let damaged = try store.verify().damaged
                    #expect(damaged == [], "seed \(seed)\n\(history)")
                    let wrong = try StoreReading(store).complaintOfMerges
                    #expect(wrong == nil, "seed \(seed)\n\(history)")
                }
            } catch let violation as IdentityViolation {
                Issue.record("seed \(seed): \(violation)\n\(history)")
            }
        }
    }

    @Test func `the key index can be dropped and is rebuilt from the log`() throws {
        for seed in 1...UInt64(Self.count / 4) {
            let history = IdentityHistory(seed: seed)
            let world: IdentityWorld
            do { world = try IdentityWorld(history) } catch is IdentityViolation { continue }
            try world.quiet()
            for store in world.replicas.stores { _ = try store.repair() }
            for case .bring(let file, let mirror) in history.steps where !world.refusedFiles.contains(file) {
                let isNews = try CheckedImport.isNews(
                    history.files[file], to: world.replicas[mirror], author: "again")
                #expect(!isNews, "seed \(seed): file \(file) on \(mirror)\n\(history)")
            }
        }
    }
}
