import Foundation
import QuipuCausality
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// What is dropped never takes with it a text that is wanted.
@Suite struct DroppedOldTextTests {
    private let record = RecordID(rawValue: 7)

    @Test func `a compaction drops every unneeded text, even if others are based on it`() throws {
        var scene = try TextScene()
        let hashes = try scene.edit(times: 100)
        let report = try scene.group[0].compact()
        #expect(report.droppedTexts == 100)
        #expect(try scene.group[0].texts.text(of: hashes[50]) == nil)
        #expect(try scene.group[0].texts.text(of: hashes[100]) == scene.texts[hashes[100]])
        try scene.expectSound()
        _ = try scene.edit(times: 3)
        try scene.expectSound()
    }

    @Test func `the ancestor of an open conflict survives a compaction that drops the texts between`()
        throws
    {
        var scene = try TextScene(2)
        let base = try scene.edit(times: 5)
        try scene.group.sync(0, 1)
        let ours = try scene.edit(times: 5)
        let theirs = try scene.edit(times: 5, at: 1)
        try scene.group.syncAll()
        for replica in 0..<2 {
            let dropped = try scene.group[replica].compact().droppedTexts
            #expect(dropped == 5 + 5 + 5)
            try scene.expectAll([base[5], ours[5], theirs[5]], at: replica)
            #expect(try scene.group[replica].texts.text(of: base[4]) == nil)
            try scene.expectSound(replica)
        }
    }

    @Test func `a text that another record has survives a purge of its base`() throws {
        var scene = try TextScene(2)
        let hashes = try scene.edit(times: 6)
        // Another record has had two of them.
        for hash in [hashes[1], hashes[3]] { try scene.set(to: try #require(scene.texts[hash]), of: 8) }
        let last = try scene.edit(times: 1, of: 8)
        try scene.group.syncAll()
        _ = try scene.group[0].delete(record, kind: "article", author: "ana")
        _ = try scene.group[0].purge(record, kind: "article", author: "ana")
        try scene.group.syncAll()
        for replica in 0..<2 {
            try scene.expectAll([hashes[1], hashes[3]] + last, at: replica)
            for hash in [hashes[0], hashes[2], hashes[4], hashes[5], hashes[6]] {
                #expect(try scene.group[replica].texts.text(of: hash) == nil)
            }
            try scene.expectSound(replica)
        }
    }

    @Test func `a purge keeps texts written without knowledge of it, and none is based on a purged text`()
        throws
    {
        var scene = try TextScene(2)
        let hashes = try scene.edit(times: 4)
        try scene.group.syncAll()
        _ = try scene.group[0].delete(record, kind: "article", author: "ana")
        _ = try scene.group[0].purge(record, kind: "article", author: "ana")
        let theirs = try scene.edit(times: 4, at: 1)
        try scene.group.syncAll()
        for replica in 0..<2 {
            #expect(try scene.group[replica].texts.text(of: theirs[4]) == scene.texts[theirs[4]])
            for hash in hashes + theirs.dropLast() {
                #expect(try scene.group[replica].texts.text(of: hash) == nil)
            }
            try scene.expectSound(replica)
        }
    }

    @Test(arguments: [
        "SELECT 1", "UPDATE version SET flags = flags & ~12", "UPDATE version SET flags = flags | 12",
        "UPDATE version SET key = zeroblob(16)", "UPDATE version SET replaces = x''",
        "UPDATE record SET state = 0; DELETE FROM conflict",
    ])
    func `rebuilding derived data keeps every old text`(damage: String) throws {
        var scene = try TextScene(2)
        var hashes = try scene.edit(times: 70)
        try scene.group.sync(0, 1)
        hashes += try scene.edit(times: 3)
        hashes += try scene.edit(times: 3, at: 1)
        try scene.group.syncAll()
        let rows = try scene.rows()
        try scene.open().execute(damage)
        let report = try scene.group[0].repair()
        #expect(report.left == [])
        #expect(report.droppedTexts == 0)
        try scene.expectAll(hashes)
        try scene.expectSound()
        #expect(try Set(scene.rows().keys) == Set(rows.keys))
    }
}
