import QuipuCausality
import Testing

@testable import NaiveModel

/// Taking up another log is a join: commutative, associative, idempotent.
struct MergeTests {
    struct Three {
        let a, b, c: FieldLog
        let union: FieldSummary

        init(seed: Int) {
            var random = SeededGenerator(seed: seed)
            let wild = random.chance(1, in: 3)
            let edits =
                wild
                ? RandomHistory.wild(count: 12, using: &random)
                : RandomHistory.honest(replicas: 3, steps: 40, using: &random)
            (a, b, c) = (
                Self.part(of: edits, using: &random), Self.part(of: edits, using: &random),
                Self.part(of: edits, using: &random)
            )
            union = NaiveField(Set(a.log + b.log + c.log)).summary
        }

        /// A random subset that is closed under what it replaces, in a random order.
        private static func part(of edits: [Edit], using random: inout SeededGenerator) -> FieldLog {
            var chosen: Set<ChainHash> = []
            for edit in edits.reversed() where chosen.contains(edit.chain) || random.chance(1, in: 4) {
                chosen.insert(edit.chain)
                chosen.formUnion(edit.replaces)
            }
            return FieldLog(
                CausalOrders.random(of: edits.filter { chosen.contains($0.chain) }, using: &random))
        }
    }

    static func merged(_ logs: FieldLog...) -> FieldLog {
        var out = FieldLog()
        for log in logs { out.merge(log) }
        return out
    }

    @Test(arguments: Seeds.upTo(60))
    func `merging is commutative`(seed: Int) {
        let three = Three(seed: seed)
        let (one, other) = (Self.merged(three.a, three.b), Self.merged(three.b, three.a))
        #expect(one.summary == other.summary)
        #expect(one.digest == other.digest)
    }

    @Test(arguments: Seeds.upTo(60))
    func `merging is associative`(seed: Int) {
        let three = Three(seed: seed)
        let (a, b, c) = (three.a, three.b, three.c)
        let left = Self.merged(Self.merged(a, b), c)
        let right = Self.merged(a, Self.merged(b, c))
        #expect(left.summary == right.summary)
        #expect(left.digest == right.digest)
        #expect(left.summary == three.union)
    }

    @Test(arguments: Seeds.upTo(60))
    func `merging is idempotent`(seed: Int) {
        let three = Three(seed: seed)
        let once = Self.merged(three.a, three.b)
        let twice = Self.merged(once, three.b, three.a, once)
        #expect(once.field == twice.field)
        #expect(once.digest == twice.digest)
    }

    @Test(arguments: Seeds.upTo(60))
    func `inserting a version again changes nothing`(seed: Int) {
        var field = Three(seed: seed).a.field
        let before = field
        for version in before.versions {
            let (gained, lost) = field.insert(version)
            #expect(gained.isEmpty && lost.isEmpty)
        }
        #expect(field == before)
    }

    @Test
    func `a field without versions has no heads, no visible value and no conflict`() {
        let empty = FieldVersions()
        #expect(empty.heads.isEmpty && empty.visible == nil && !empty.isInConflict)
        #expect(empty.importFrontier.isEmpty && empty.recomputedHeads().isEmpty)
    }
}
