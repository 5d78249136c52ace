import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import Support
import Testing

@testable import QuipuStorage

struct AutomaticMergeTests {
    @Test func `two changes of one paragraph are merged, by the program, and neither is lost`() throws {
        let scene = try MergeScene()
        #expect(try scene.group[0].openConflicts == 1)
        #expect(try scene.merge(at: 0) == ["body"])
        #expect(try scene.merge(at: 0).isEmpty)
        try scene.expectSame(body: MergeScene.both, conflicts: 0)

        let record = try #require(try scene.group[1].view(MergeScene.article, kind: "article"))
        let history = try scene.group[1].log.history(of: record)
        #expect(history.map(\.isByProgram) == [false, false, false, false, true])
        let texts = try history.map { entry in
            try scene.group[1].log.fields(of: record, at: entry.version).first { $0.name == "body" }?.json
                .flatMap { decodeString($0) }
        }
        #expect(Set(texts).isSuperset(of: [MergeScene.before, MergeScene.both]))
        let written = try scene.group[1].texts.text(of: ValueHash(of: canonicalString(MergeScene.first)))
        #expect(written == canonicalString(MergeScene.first))
        #expect(try scene.group[1].texts.text(of: ValueHash(of: canonicalString(MergeScene.second))) != nil)
    }

    @Test(arguments: [nil, "manual", "sometimes"])
    func `without an automatic policy of the collection, people merge`(policy: String?) throws {
        let scene = try MergeScene(policy: policy)
        #expect(try scene.merge(at: 0).isEmpty && scene.merge(at: 1).isEmpty)
        try scene.expectSame(body: MergeScene.second, conflicts: 1)
    }

    @Test func `a deleted collection or one that the record left has no say in merging`() throws {
        let scene = try MergeScene()
        let (group, other) = (scene.group, RecordID(rawValue: 3))
        let membership = "collections/\(MergeScene.collection.text)"
        // Taken out of it.
        try group.add([(membership, "false")], id: MergeScene.article.rawValue, at: 0)
        #expect(try scene.merge(at: 0).isEmpty)
        // In it again, and in another that says no.
        try scene.add([("name", "Court"), ("merge", "manual")], kind: "collection", other)
        try group.add(
            [(membership, "true"), ("collections/\(other.text)", "true")], id: MergeScene.article.rawValue,
            at: 0)
        #expect(try scene.merge(at: 0).isEmpty)
        // The one that says yes is deleted, and then the other as well.
        _ = try group[0].delete(MergeScene.collection, kind: "collection", author: "ana")
        _ = try group[0].delete(other, kind: "collection", author: "ana")
        #expect(try scene.merge(at: 0).isEmpty)
        _ = try group[0].restore(MergeScene.collection, kind: "collection", author: "ana")
        #expect(try scene.merge(at: 0) == ["body"])
    }

    @Test func `replicas that merge the same versions make the same version`() throws {
        let scene = try MergeScene(3)
        #expect(try scene.merge(at: 1) == ["body"])
        #expect(try scene.merge(at: 0) == ["body"])
        let own = try scene.group.stores.map { try $0.digest }
        #expect(own[0] == own[1] && own[0] != own[2])
        try scene.expectSame(body: MergeScene.both, conflicts: 0)
        #expect(try scene.group[2].digest == own[0])
    }

    @Test func `a replica that wrote neither version leaves the merge to the others`() throws {
        let scene = try MergeScene(3)
        #expect(try scene.merge(at: 2).isEmpty)
        #expect(try scene.group[2].openConflicts == 1)
        #expect(try scene.merge(at: 1) == ["body"])
        try scene.expectSame(body: MergeScene.both, conflicts: 0)
    }

    @Test func `a replica that now writes under another origin counts as one that wrote neither version`()
        throws
    {
        let scene = try MergeScene()
        let folder = scene.group[0].folder
        try FileManager.default.removeItem(atPath: folder.localPath)
        let store = try Store(opening: folder, environment: scene.group.world.environment())
        #expect(try store.merging.mergeByPolicy(author: "ana").isEmpty)
        #expect(try scene.merge(at: 1) == ["body"])
    }

    @Test(arguments: [true, false])
    func `a decision that had not seen the merge replaces it`(comesFirst: Bool) throws {
        let scene = try MergeScene()
        if comesFirst { try scene.set("body", "The mill is not sold.", at: 1) }
        #expect(try scene.merge(at: 0) == ["body"])
        if !comesFirst { try scene.set("body", "The mill is not sold.", at: 1) }
        try scene.expectSame(body: "The mill is not sold.", conflicts: 0)
        #expect(try scene.merge(at: 0).isEmpty && scene.merge(at: 1).isEmpty)
    }

    @Test func `an edit of one merged version stands beside the merge, and people resolve the conflict`()
        throws
    {
        let scene = try MergeScene(edits: nil)
        try scene.set("body", MergeScene.first, at: 0)
        try scene.set("body", MergeScene.second, at: 1)
        // Replica 0 gets the other version, and replica 1 nothing yet.
        try scene.group[1].log.forEachTransaction(after: 0) { transaction, _, _ in
            _ = try scene.group[0].apply([transaction])
            return true
        }
        #expect(try scene.merge(at: 0) == ["body"])
        try scene.set("body", MergeScene.second + " Nobody was asked.", at: 1)
        try scene.group.syncAll()
        #expect(try scene.merge(at: 0).isEmpty && scene.merge(at: 1).isEmpty)
        let all = MergeScene.both + " Nobody was asked."
        #expect(try scene.proposal(at: 1) == .text(canonicalString(all)))
        try scene.expectSame(body: MergeScene.second + " Nobody was asked.", conflicts: 1)
        try scene.set("body", all, at: 1)
        try scene.expectSame(body: all, conflicts: 0)
    }

    @Test func `merges that exceed the limit of one round are made in the next`() throws {
        let scene = try MergeScene(edits: nil)
        let collection = "collections/\(MergeScene.collection.text)"
        let articles = (10..<15).map { RecordID(rawValue: $0) }
        for id in articles {
            try scene.group.add(
                [("body", "\"\(MergeScene.before)\""), (collection, "true")], id: id.rawValue, at: 0)
        }
        try scene.group.syncAll()
        for id in articles {
            try scene.add([("body", MergeScene.first)], kind: "article", id, at: 0)
            try scene.add([("body", MergeScene.second)], kind: "article", id, at: 1)
        }
        try scene.group.syncAll()
        let merged = try scene.group[0].merging.mergeByPolicy(triesInARound: 2) { "ana" }
        #expect(Set(merged.map(\.id)) == Set(articles) && merged.count == articles.count)
        #expect(try scene.group[0].openConflicts == 0)
    }

    @Test(arguments: [true, false])
    func `an edit by another process during the merge takes precedence`(isDeleted: Bool) throws {
        let scene = try MergeScene()
        let other = try Store(
            opening: scene.group[0].folder, environment: scene.group.world.environment())
        // The author is asked for when the merge is ready and not yet written.
        let merged = try scene.group[0].merging.mergeByPolicy(
            author: try {
                if isDeleted {
                    _ = try other.delete(MergeScene.article, kind: "article", author: "ana")
                } else {
                    let change = Edit.Change(field: "body", json: canonicalString("Settled."))
                    _ = try other.edit(
                        [Edit(id: MergeScene.article, kind: "article", changes: [change])], author: "ana")
                }
                return "ana"
            }())
        #expect(merged.isEmpty)
        try scene.expectSame(
            body: isDeleted ? MergeScene.second : "Settled.", conflicts: isDeleted ? 1 : 0)
    }

    @Test func `annotations and notes follow the collections of their targets`() throws {
        let scene = try MergeScene(edits: nil)
        let (annotation, note, free) = (RecordID(rawValue: 4), RecordID(rawValue: 5), RecordID(rawValue: 6))
        for (kind, id) in [("annotation", annotation), ("note", note)] {
            try scene.add(
                [("target", MergeScene.article.text), ("text", MergeScene.before)], kind: kind, id)
        }
        try scene.add([("text", MergeScene.before)], kind: "note", free)
        try scene.group.syncAll()
        for (kind, id) in [("annotation", annotation), ("note", note), ("note", free)] {
            try scene.add([("text", MergeScene.first)], kind: kind, id, at: 0)
            try scene.add([("text", MergeScene.second)], kind: kind, id, at: 1)
        }
        try scene.group.syncAll()
        let merged = try scene.group[1].merging.mergeByPolicy(author: "ben")
        #expect(Set(merged.map(\.id)) == [annotation, note] && merged.count == 2)
        #expect(try scene.group[1].conflicts().map(\.id) == [free])
    }

    @Test func `a collection's own description follows its own policy`() throws {
        let scene = try MergeScene(edits: nil)
        try scene.add([("description", MergeScene.before)], kind: "collection", MergeScene.collection)
        try scene.group.syncAll()
        for (replica, text) in [MergeScene.first, MergeScene.second].enumerated() {
            try scene.add([("description", text)], kind: "collection", MergeScene.collection, at: replica)
        }
        try scene.group.syncAll()
        #expect(try scene.merge(at: 0) == ["description"])
    }

    @Test func `nothing is merged in a deleted record or in its dependents`() throws {
        let scene = try MergeScene()
        let note = RecordID(rawValue: 4)
        try scene.add([("target", MergeScene.article.text), ("text", MergeScene.before)], kind: "note", note)
        try scene.group.syncAll()
        try scene.add([("text", MergeScene.first)], kind: "note", note, at: 0)
        try scene.add([("text", MergeScene.second)], kind: "note", note, at: 1)
        try scene.group.syncAll()
        _ = try scene.group[0].delete(MergeScene.article, kind: "article", author: "ana")
        #expect(try scene.merge(at: 0).isEmpty)
        #expect(try scene.proposal(for: "body") == .impossible(.deleted))
        _ = try scene.group[0].restore(MergeScene.article, kind: "article", author: "ana")
        #expect(try Set(scene.merge(at: 0)) == ["body", "text"])
    }

    @Test func `an import beside a correction is proposed to people and not merged automatically`() throws {
        let scene = try MergeScene(edits: nil)
        let ending = " It will be a school."
        func source(_ body: String) -> ImportItem {
            ImportItem(
                kind: "article",
                fields: [
                    (name: "url", json: canonicalString("https://example.org/mill")),
                    (name: "body", json: canonicalString(body + ending)),
                    (name: "collections/\(MergeScene.collection.text)", json: Array("true".utf8)),
                ])
        }
        let store = scene.group[0]
        guard case .created(let id) = try store.importBatch([source(MergeScene.before)], author: "ana")[0]
        else {
            Issue.record("the article was not created")
            return
        }
        try scene.add([("body", MergeScene.first + ending)], kind: "article", id)
        _ = try store.importBatch([source(MergeScene.second)], author: "ana")
        #expect(try store.openConflicts == 1)
        #expect(try scene.merge(at: 0).isEmpty)
        #expect(try scene.proposal() == .text(canonicalString(MergeScene.both + ending)))
    }
}
