import QuipuCausality
import Testing

@testable import NaiveModel

/// Heads, the visible value, conflicts and digest are functions of the set of edits alone.
struct HeadsTests {
    /// Holds a log's view against the naive model, and records at most one issue.
    static func expectAgreement(
        _ log: FieldLog, _ expected: FieldSummary, sourceLocation: SourceLocation = #_sourceLocation
    ) -> Bool {
        if let problem = log.inconsistency {
            Issue.record("\(problem), in the order\n\(log.inWords)", sourceLocation: sourceLocation)
            return false
        }
        if log.summary != expected {
            Issue.record(
                "\(log.summary)\nis not\n\(expected), in the order\n\(log.inWords)",
                sourceLocation: sourceLocation)
            return false
        }
        return true
    }

    @Test(arguments: Seeds.upTo(60))
    func `every causal order of a small history gives the heads of the naive model`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let edits = Array(RandomHistory.honest(replicas: 3, steps: 14, using: &random).prefix(5))
        let expected = NaiveField(edits).summary
        var digests: Set<Digest> = []
        var isRight = true
        CausalOrders.all(of: edits) { order in
            guard isRight else { return }
            let log = FieldLog(order)
            isRight = Self.expectAgreement(log, expected)
            digests.insert(log.digest)
        }
        #expect(digests.count == 1)
    }

    @Test(arguments: Seeds.upTo(60))
    func `every order of a small malformed history gives the heads of the naive model`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let edits = RandomHistory.wild(count: 5, using: &random)
        let expected = NaiveField(edits).summary
        var isRight = true
        CausalOrders.all(of: edits) { order in
            if isRight { isRight = Self.expectAgreement(FieldLog(order), expected) }
        }
    }

    @Test(arguments: Seeds.upTo(40))
    func `random orders of a longer history give the heads of the naive model`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let honest = RandomHistory.honest(replicas: 4, steps: 60, using: &random)
        let wild = RandomHistory.wild(count: 14, using: &random)
        for edits in [honest, wild] {
            let expected = NaiveField(edits).summary
            for _ in 0..<3 {
                let order = CausalOrders.random(of: edits, using: &random)
                if !Self.expectAgreement(FieldLog(order), expected) { return }
            }
        }
    }

    @Test(arguments: Seeds.upTo(30))
    func `every prefix of a log gives the heads of the naive model`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        var log = FieldLog()
        for edit in RandomHistory.honest(replicas: 3, steps: 40, using: &random) {
            log.apply(edit)
            if !Self.expectAgreement(log, NaiveField(log.log).summary) { return }
        }
    }

    @Test(arguments: Seeds.upTo(20))
    func `versions that are loaded from a store keep the heads they were stored with`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let edits = RandomHistory.honest(replicas: 3, steps: 40, using: &random)
        let half = FieldLog(edits.prefix(edits.count / 2))
        let whole = FieldLog(edits)
        // A store keeps a row a member.
        let rows = half.field.versions.flatMap { version in
            version.members.map { member in
                Version(
                    key: version.key, value: version.value, isByHand: version.isByHand,
                    isMerge: version.isMerge, replaces: version.replaces, member: member,
                    isHead: version.isHead)
            }
        }
        var loaded = FieldVersions(stored: rows)
        #expect(loaded == half.field)
        for (index, edit) in edits.enumerated().dropFirst(edits.count / 2) {
            loaded.insert(whole.version(of: edit, position: Int64(index + 1)))
        }
        #expect(Set(loaded.heads.map(\.key)) == Set(whole.field.heads.map(\.key)))
        #expect(loaded.visible?.key == whole.field.visible?.key)
    }
}
