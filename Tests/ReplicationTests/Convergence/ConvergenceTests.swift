import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Random scripts on several replicas, then everyone with everyone, then equality and a check of every store
/// from its log: the shape of cr-sqlite's convergence tests.
@Suite struct ConvergenceTests {
    @Test(arguments: RandomSeeds.first(60))
    func `replicas that have seen the same transactions are identical`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let group = try Replicas(Int.random(in: 2...4, using: &random), seed: UInt64(seed))
        for step in 0..<40 { try Script.step(step, on: group, using: &random) }
        try group.syncAll()
        let first = try ReplicaState(of: group[0])
        for store in group.stores {
            let state = try ReplicaState(of: store)
            #expect(state == first, "seed \(seed)")
            let report = try store.verify()
            #expect(report.damaged == [], "seed \(seed)")
            #expect(try report.digest == store.digest)
            #expect(!store.isBusy)
        }
    }

    @Test(arguments: RandomSeeds.first(10))
    func `no value made by hand disappears unless somebody replaced it`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed) &* 7_919)
        let group = try Replicas(3, seed: UInt64(seed))
        for step in 0..<30 { try Script.step(step, on: group, using: &random) }
        try group.syncAll()
        // Every transaction that any replica wrote is in every log, and every version it made has its text.
        for store in group.stores {
            try store.log.forEachTransaction(after: 0) { transaction, _, _ in
                for change in transaction.records.flatMap(\.fields) {
                    #expect(change.value.text != nil, "seed \(seed), \(transaction.name), \(change.field)")
                }
                return true
            }
        }
    }
}

/// One random step of a script.
enum Script {
    static func step(_ step: Int, on group: Replicas, using random: inout SplitMix64) throws {
        let replica = Int.random(in: group.stores.indices, using: &random)
        let store = group[replica]
        let id = UInt128(Int.random(in: 1...3, using: &random))
        let record = RecordID(rawValue: id)
        group.world.advance(milliseconds: Int64(Int.random(in: 0...2, using: &random)))
        switch Int.random(in: 0..<14, using: &random) {
        case 0..<5:
            let field =
                ["title", "body", "tags/river", "tags/market"].randomElement(using: &random) ?? "title"
            let value =
                field.hasPrefix("tags/")
                ? (Bool.random(using: &random) ? "true" : "false") : "\"value \(step)\""
            guard try store.view(record, kind: "article")?.isDeleted != true else { return }
            try group.add([(field, value)], id: id, at: replica, author: "author\(replica)")
        case 5:
            guard try store.view(record, kind: "article")?.isDeleted != true else { return }
            let note = UInt128(100 + step)
            try group.add(
                [("target", "\"\(record.text)\""), ("text", "\"remark \(step)\"")], kind: "annotation",
                id: note,
                at: replica)
        case 6, 7:
            let source = Int.random(in: 0...2, using: &random)
            _ = try store.importBatch(
                [
                    ImportItem(
                        id: record, kind: "article",
                        fields: [
                            ("title", Array("\"source \(source)\"".utf8)),
                            ("url", Array("\"http://example.org/\(id)\"".utf8)),
                        ])
                ], author: "author\(replica)")
        case 8: _ = try store.delete(record, kind: "article", author: "author\(replica)")
        case 9:
            guard try store.view(record, kind: "article")?.isDeleted == true else { return }
            _ = try store.restore(record, kind: "article", author: "author\(replica)")
        default:
            let other = Int.random(in: group.stores.indices, using: &random)
            if other != replica { try group.sync(replica, other) }
        }
    }
}

/// Everything about a replica that must be equal to its peers'.
struct ReplicaState: Equatable, CustomStringConvertible {
    var vectorHash: UInt128
    var digest: Digest
    var records: [String]
    var conflicts: [String]

    init(of store: Store) throws {
        vectorHash = try store.log.vector().hash
        digest = try store.digest
        var lines: [String] = []
        var filter = RecordFilter()
        filter.includesDeleted = true
        try store.forEachRecord(filter) { record in
            let fields = record.fields.map { "\($0.name)=\(String(decoding: $0.json, as: UTF8.self))" }
            lines.append(
                "\(record.id.text) \(record.isDeleted) \(record.isInConflict) \(record.version) \(fields)")
            return true
        }
        records = lines.sorted()
        conflicts = try store.conflicts().map { conflict in
            let others = conflict.others.map {
                "\($0.version) \($0.author) \(String(decoding: $0.json ?? [], as: UTF8.self))"
            }
            return
                "\(conflict.id.text) \(conflict.field) \(conflict.current.version) \(others.sorted()) \(conflict.ancestor?.version.description ?? "-")"
        }.sorted()
    }

    var description: String {
        "digest \(digest)\n" + (records + conflicts).joined(separator: "\n")
    }
}
