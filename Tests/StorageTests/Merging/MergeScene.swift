import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

/// Replicas that all hold one article in one collection, whose body two of them changed since.
struct MergeScene {
    static let collection = RecordID(rawValue: 1)
    static let article = RecordID(rawValue: 2)
    static let before = "The old mill by the river was sold on Monday."
    static let first = "The new mill by the river was sold on Monday."
    static let second = "The old mill by the river was sold on Friday."
    static let both = "The new mill by the river was sold on Friday."

    let group: Replicas

    /// - Parameters:
    ///   - policy: what the collection says; nil for nothing.
    ///   - edits: the bodies that replicas 0 and 1 write; nil for none.
    init(
        _ count: Int = 2, policy: String? = "automatic",
        edits: (String, String)? = (Self.first, Self.second)
    ) throws {
        group = try Replicas(count)
        let words = policy.map { [("merge", $0)] } ?? []
        try add([("name", "Press")] + words, kind: "collection", Self.collection)
        try add([("title", "Mill"), ("body", Self.before)], kind: "article", Self.article)
        try group.add(
            [("collections/\(Self.collection.text)", "true")], id: Self.article.rawValue, at: 0)
        try group.syncAll()
        guard let edits else { return }
        try set("body", edits.0, at: 0)
        try set("body", edits.1, at: 1)
        try group.syncAll()
    }

    func add(_ fields: [(String, String)], kind: String, _ id: RecordID, at replica: Int = 0) throws {
        try group.add(
            fields.map { ($0.0, String(decoding: canonicalString($0.1), as: UTF8.self)) }, kind: kind,
            id: id.rawValue, at: replica)
    }

    func set(_ field: String, _ text: String, at replica: Int) throws {
        try add([(field, text)], kind: "article", Self.article, at: replica)
    }

    /// Merges by policy.
    /// - Returns: the fields that were merged.
    @discardableResult
    func merge(at replica: Int) throws -> [String] {
        group.world.advance(milliseconds: 1_000)
        return try group[replica].merging.mergeByPolicy(author: "replica \(replica)").map(\.field)
    }

    func body(at replica: Int) throws -> String? {
        try group[replica].view(Self.article, kind: "article")?.string("body")
    }

    /// What a person would be shown for the conflict over a field.
    func proposal(for field: String = "body", at replica: Int = 0) throws -> MergeProposal {
        let conflict = try #require(try group[replica].conflicts().first { $0.field == field })
        return try group[replica].merging.proposal(of: conflict)
    }

    /// After a full exchange: all hold the same, undamaged, with the body and so many conflicts.
    func expectSame(body: String, conflicts: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try group.syncAll()
        for replica in group.stores.indices {
            let store = group[replica]
            #expect(try store.log.vector() == group[0].log.vector(), sourceLocation: sourceLocation)
            #expect(try store.digest == group[0].digest, sourceLocation: sourceLocation)
            #expect(try self.body(at: replica) == body, sourceLocation: sourceLocation)
            #expect(try store.openConflicts == conflicts, sourceLocation: sourceLocation)
            #expect(try store.verify().damaged == [], sourceLocation: sourceLocation)
        }
    }
}
