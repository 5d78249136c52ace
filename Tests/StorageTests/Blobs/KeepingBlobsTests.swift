import Foundation
import QuipuCausality
import QuipuStorage
import Support
import Testing

@Suite struct `Attached files follow their records` {
    private let group: Replicas
    private var store: Store { group[0] }

    init() throws { group = try Replicas(2) }

    /// Puts a content in place and says in a record that it is needed.
    @discardableResult
    private func attach(_ text: String, id: UInt128, to target: UInt128 = 1) throws -> BlobHash {
        let path = try group.folder.write(text, to: "source")
        let (hash, size) = try store.blobs.files.add(fileAt: path)
        let changes = Attachment.changes(
            name: "a.txt", mediaType: "text/plain", hash: hash, sizeBytes: size,
            target: RecordID(rawValue: target))
        group.world.advance(milliseconds: 1)
        _ = try store.edit(
            [Edit(id: RecordID(rawValue: id), kind: "attachment", changes: changes)], author: "ana")
        return hash
    }

    private func isHere(_ hash: BlobHash) throws -> Bool { try store.blobs.files.sizeBytes(of: hash) != nil }

    private func makeOld() throws {
        let folder = store.folder.blobsPath
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: folder + "/" + name)
        }
    }

    @Test func `an attachment record gives hash, size, name and type`() throws {
        let hash = try attach("hello", id: 5)
        let record = try #require(try store.view(RecordID(rawValue: 5), kind: "attachment"))
        let attachment = try #require(Attachment(record))
        #expect(attachment.hash == hash)
        #expect(attachment.sizeBytes == 5)
        #expect(attachment.name == "a.txt")
        #expect(try store.blobs.needed().map(\.hash) == [hash])
        let counts = try store.blobs.counts()
        #expect(counts.needed == 1)
        #expect(counts.missing == 0)
    }

    @Test func `attachments that no version names are collected a day after they arrived`() throws {
        let kept = try attach("kept", id: 5)
        let replaced = try attach("replaced", id: 6)
        let deleted = try attach("deleted", id: 7)
        let orphan = try store.blobs.files.add(fileAt: try group.folder.write("orphan", to: "source")).hash
        _ = try attach("new", id: 6)
        _ = try store.delete(RecordID(rawValue: 7), kind: "attachment", author: "ana")
        try makeOld()

        // What can be reverted to or restored is named still.
        #expect(try store.blobs.collect(isDryRun: true).removed == 1)
        #expect(try isHere(orphan))
        #expect(try store.blobs.collect().removed == 1)
        #expect(try !isHere(orphan))
        #expect(try [kept, replaced, deleted].allSatisfy { try isHere($0) })

        _ = try store.compact()
        #expect(try store.blobs.collect().removed == 1)
        #expect(try !isHere(replaced))
        // Somebody may restore it who has not seen the deletion.
        #expect(try isHere(kept) && isHere(deleted))
        _ = try store.purge(RecordID(rawValue: 7), kind: "attachment", author: "ana")
        #expect(try store.blobs.collect().removed == 1)
        #expect(try isHere(kept) && !isHere(deleted))
    }

    @Test
    func `contents of deleted attachments are removed only if a mirror holds them and nobody needs them`()
        throws
    {
        let deleted = try attach("deleted", id: 5)
        let shared = try attach("shared", id: 6)
        try attach("shared", id: 7)
        for id: UInt128 in [5, 6] {
            _ = try store.delete(RecordID(rawValue: id), kind: "attachment", author: "ana")
        }
        #expect(try store.blobs.contentsOfDeleted() == [deleted])
        #expect(try store.blobs.removeContentsOfDeleted(heldElsewhere: []).removed == 0)
        #expect(try isHere(deleted))
        #expect(try store.blobs.removeContentsOfDeleted(heldElsewhere: [deleted, shared]).removed == 1)
        #expect(try !isHere(deleted) && isHere(shared))
    }

    @Test func `the content of an attachment that was restored meanwhile is kept`() throws {
        let hash = try attach("kept", id: 5)
        _ = try store.delete(RecordID(rawValue: 5), kind: "attachment", author: "ana")
        let asked = try store.blobs.contentsOfDeleted()
        _ = try store.restore(RecordID(rawValue: 5), kind: "attachment", author: "ana")
        #expect(asked == [hash])
        #expect(try store.blobs.removeContentsOfDeleted(heldElsewhere: asked).removed == 0)
        #expect(try isHere(hash))
    }

    @Test func `contents that a conflict offers are needed and kept`() throws {
        let first = try attach("first", id: 6)
        try group.sync(0, 1)
        let mine = try attach("mine", id: 6)
        let theirs = BlobHash(text: String(repeating: "ab", count: 32))!
        try group.add(
            [("sha256", "\"\(theirs.hexadecimal)\"")], kind: "attachment", id: 6, at: 1, author: "ben")
        try group.syncAll()
        #expect(try store.openConflicts > 0)
        #expect(Set(try store.blobs.needed().map(\.hash)) == [mine, theirs])
        try makeOld()
        _ = try store.compact()
        _ = try store.blobs.collect()
        #expect(try isHere(mine))
        // The ancestor of a conflict is shown with it.
        #expect(try isHere(first))
    }

    @Test func `young attachments are not collected, nor is any while somebody attaches one`() throws {
        // The world stands still on a day of its own: a file is as old as that day says.
        let orphan = try store.blobs.files.add(fileAt: try group.folder.write("orphan", to: "source")).hash
        let path = store.folder.blobsPath + "/" + orphan.hexadecimal
        let today = Date(timeIntervalSince1970: Double(FakeWorld.startMilliseconds) / 1000)
        try FileManager.default.setAttributes([.modificationDate: today], ofItemAtPath: path)
        #expect(try store.blobs.collect().removed == 0)
        group.world.advance(milliseconds: 86_400_000 + 1_000)
        try store.blobs.files.withLease {
            let report = try store.blobs.collect()
            #expect(report.removed == 0)
            #expect(report.hindrance != nil)
        }
        #expect(try isHere(orphan))
        #expect(try store.blobs.collect().removed == 1)
    }

    @Test func `stored attachments are checked, and damaged ones are set aside`() throws {
        let hash = try attach("hello", id: 5)
        try attach("other", id: 6)
        let before = try store.blobs.verify()
        #expect(before.checked == 2)
        #expect(before.damaged == [])
        let path = store.folder.blobsPath + "/" + hash.hexadecimal
        try Data("hellp".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try store.blobs.verify().damaged == [hash])
        #expect(try !isHere(hash))
        #expect(
            try String(
                contentsOfFile: store.folder.blobsPath + "/damaged/" + hash.hexadecimal, encoding: .utf8)
                == "hellp")
        // It is missing until it is fetched again.
        #expect(try store.blobs.verify().damaged == [hash])
        #expect(try store.blobs.damaged() == [hash])
        _ = try store.blobs.files.add(fileAt: try group.folder.write("hello", to: "source"))
        let after = try store.blobs.verify()
        #expect(after.checked == 2)
        #expect(after.damaged == [])
        #expect(try store.blobs.damaged() == [])
    }

    @Test func `attachments are fetched as the policy says`() throws {
        try group.add([("name", "\"Press\"")], kind: "collection", id: 20, at: 0)
        let collection = RecordID(rawValue: 20)
        try group.add([("collections/\(collection.text)", "true")], id: 1, at: 0)
        try group.add([("title", "\"Elsewhere\"")], id: 2, at: 0)
        try group.add(
            [("target", "\"\(RecordID(rawValue: 1).text)\"")], kind: "annotation", id: 3, at: 0)
        let inside = [try attach("a", id: 10, to: 1), try attach("b", id: 11, to: 3)]
        let outside = try attach("c", id: 12, to: 2)
        func fetched() throws -> Set<BlobHash> {
            Set(try store.blobs.needed().filter(\.isFetched).map(\.hash))
        }
        #expect(try store.blobs.policy() == .none)
        #expect(try fetched() == [])
        try store.blobs.setPolicy(.collections([collection]))
        #expect(try store.blobs.policy() == .collections([collection]))
        #expect(try fetched() == Set(inside))
        try store.blobs.setPolicy(.all)
        #expect(try fetched() == Set(inside + [outside]))
        try store.blobs.setPolicy(.none)
        #expect(try fetched() == [])
    }

    @Test(arguments: [
        "\"../../etc/passwd\"", "\"\"", "12", "\"\(String(repeating: "AB", count: 32))\"", "null",
    ])
    func `an attachment record without valid content has no file`(claim: String) throws {
        try group.add(
            [("sha256", claim), ("sizeBytes", "-1"), ("name", "\"../x\"")], kind: "attachment", id: 9, at: 0)
        let record = try #require(try store.view(RecordID(rawValue: 9), kind: "attachment"))
        let attachment = try #require(Attachment(record))
        #expect(attachment.hash == nil)
        #expect(attachment.sizeBytes == nil)
        #expect(try store.blobs.needed() == [])
    }
}
