import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import Support
import Testing

@testable import QuipuSQLite
@testable import QuipuStorage

/// A superseded text is kept as what differs from the text that replaced it.
@Suite struct OldTextTests {
    @Test func `a hundred one-word edits of 35 KB take less than 100 KB, here and on a synced mirror`()
        throws
    {
        var scene = try TextScene(2)
        var hashes = try scene.edit(bytes: 35_000, times: 1)
        let before = try scene.size()
        try scene.group.sync(0, 1)
        let mirrorBefore = try scene.size(1)
        var words = try #require(
            scene.texts[hashes[1]].map { String(decoding: $0.dropFirst().dropLast(), as: UTF8.self) }
        )
        .split(separator: " ").map(String.init)
        for _ in 0..<100 {
            scene.prose.edit(&words)
            hashes.append(try scene.set(to: Prose.json(words)))
        }
        #expect(try scene.size() - before < 100_000)
        try scene.group.sync(0, 1)
        #expect(try scene.size(1) - mirrorBefore < 100_000)
        for replica in 0..<2 {
            try scene.expectSound(replica)
            try scene.expectAll(hashes, at: replica)
        }
        let record = try #require(try scene.group[0].view(RecordID(rawValue: 7), kind: "article"))
        let history = try scene.group[0].log.history(of: record)
        #expect(history.count == hashes.count)
        let oldest = try scene.group[0].log.fields(of: record, at: history[0].version)
        #expect(oldest.first { $0.name == "body" }?.json == scene.texts[hashes[0]])
    }

    @Test func `a short text is stored uncompressed for other tools`() throws {
        var scene = try TextScene()
        let hash = try scene.set(to: Array("\"High water\"".utf8))
        try scene.set(to: Array("\"High water in March\"".utf8))
        let kept = try scene.group[0].database.text("SELECT json FROM text WHERE hash = ?", .blob(hash.bytes))
        #expect(kept == "\"High water\"")
    }

    @Test func `a text of more than a megabyte is stored whole`() throws {
        var scene = try TextScene()
        let hashes = try scene.edit(bytes: CompressedText.maximumBytes + 1, times: 1)
        #expect(try scene.isWhole(hashes[0]))
        try scene.expectAll(hashes)
    }

    @Test func `no chain exceeds its limit, whatever the number of edits`() throws {
        var scene = try TextScene()
        let hashes = try scene.edit(bytes: 1_200, times: 300)
        #expect(try scene.depth() == CompressedText.maximumDepth)
        let alone = try scene.rows().values.filter { $0 == nil || $0?.base == nil }
        #expect(alone.count == 300 / CompressedText.maximumDepth)
        try scene.expectAll(hashes)
        try scene.expectSound()
    }

    @Test func `an edit runs as many statements after three hundred others as after ten`() throws {
        var scene = try TextScene()
        var words = scene.prose.words(bytes: 2_000)
        func statements(after edits: Int) throws -> Int {
            for _ in 0..<edits {
                scene.prose.edit(&words)
                try scene.set(to: Prose.json(words))
            }
            let before = scene.group[0].database.statementCount
            scene.prose.edit(&words)
            try scene.set(to: Prose.json(words))
            return scene.group[0].database.statementCount - before
        }
        let few = try statements(after: 10)
        #expect(try statements(after: 290) <= few)
    }

    @Test func `a text that returns and is replaced again is read unchanged`() throws {
        var scene = try TextScene()
        var words = scene.prose.words(bytes: 3_000)
        let first = Prose.json(words)
        scene.prose.edit(&words)
        let second = Prose.json(words)
        for _ in 0..<5 {
            let hashes = [try scene.set(to: first), try scene.set(to: second)]
            try scene.expectAll(hashes)
            try scene.expectSound()
        }
        scene.prose.edit(&words)
        try scene.set(to: Prose.json(words))
        try scene.expectSound()
        #expect(try scene.depth() <= 2)
    }

    @Test func `a text that two records share stays readable through edits of either`() throws {
        var scene = try TextScene()
        let hashes = try scene.edit(times: 20)
        for (index, hash) in hashes.enumerated() {
            let text = try #require(scene.texts[hash])
            try scene.set(to: text, of: 8)
            if index.isMultiple(of: 3) { _ = try scene.edit(times: 1, of: 8) }
        }
        try scene.expectAll(hashes)
        try scene.expectSound()
        #expect(try scene.depth() <= CompressedText.maximumDepth)
    }

    @Test func `a hidden head is stored whole for other tools and compressed once it is resolved`() throws {
        var scene = try TextScene(2)
        let base = try scene.edit(times: 3)
        try scene.group.sync(0, 1)
        let ours = try scene.edit(times: 3)
        let theirs = try scene.edit(times: 3, at: 1)
        try scene.group.syncAll()
        for replica in 0..<2 {
            let values = try Self.column("SELECT value FROM conflicts ORDER BY value", in: scene, replica)
            let expected = [ours[3], theirs[3]].compactMap { scene.texts[$0] }
                .map { String(decoding: $0.dropFirst().dropLast(), as: UTF8.self) }.sorted()
            #expect(values == expected)
            try scene.expectAll(base + ours + theirs, at: replica)
            try scene.expectSound(replica)
        }
        let last = try scene.edit(times: 1)
        try scene.group.sync(0, 1)
        for replica in 0..<2 {
            for hash in [ours[3], theirs[3]] { #expect(try scene.group[replica].texts.isCompressed(hash)) }
            try scene.expectAll(base + ours + theirs + last, at: replica)
            try scene.expectSound(replica)
        }
    }

    @Test func `a compressed text that becomes a hidden head again is stored whole`() throws {
        var scene = try TextScene(2)
        let hashes = try scene.edit(times: 3)
        try scene.group.sync(0, 1)
        #expect(try scene.group[0].texts.isCompressed(hashes[1]))
        // Another mirror goes back to an earlier text while this one goes on.
        let old = try #require(scene.texts[hashes[1]])
        try scene.set(to: old, at: 1)
        let last = try scene.edit(times: 1)
        try scene.group.syncAll()
        for replica in 0..<2 {
            #expect(try scene.group[replica].conflicts().count == 1)
            #expect(try scene.isWhole(hashes[1], replica))
            try scene.expectAll(hashes + last, at: replica)
            try scene.expectSound(replica)
        }
    }

    @Test func `a text that two heads share is stored whole while one of them stays hidden`() throws {
        var scene = try TextScene(3)
        let hashes = try scene.edit(times: 2)
        try scene.group.syncAll()
        let old = try #require(scene.texts[hashes[1]])
        for replica in 0..<2 { try scene.set(to: old, at: replica) }
        // One who knows only one of them goes on from there.
        try scene.group.sync(0, 2)
        try scene.group.sync(0, 1)
        #expect(try scene.group[0].texts.isCompressed(hashes[1]))
        _ = try scene.edit(times: 0, at: 2)
        try scene.group.sync(2, 0)
        #expect(try scene.group[0].conflicts().count == 1)
        #expect(try scene.isWhole(hashes[1]))
        try scene.expectAll(hashes)
        try scene.expectSound()
    }

    @Test func `texts that are sent separately are compressed when they have arrived`() throws {
        var scene = try TextScene(2)
        var words = scene.prose.words(bytes: Limits.inlineValueBytes + 10_000)
        var hashes = [try scene.set(to: Prose.json(words))]
        try scene.group.syncAll()
        for _ in 0..<3 {
            scene.prose.edit(&words)
            hashes.append(try scene.set(to: Prose.json(words)))
            try scene.group.syncAll()
        }
        for replica in 0..<2 {
            for hash in hashes.dropLast() {
                #expect(try scene.group[replica].texts.compressedHead(hash)?.base != nil)
            }
            try scene.expectAll(hashes, at: replica)
            try scene.expectSound(replica)
        }
    }

    @Test func `an archive with uncompressed old texts is used unchanged, and new texts are compressed`()
        throws
    {
        var scene = try TextScene()
        let hashes = try scene.edit(times: 5)
        for hash in hashes.dropLast() {
            let text = try #require(scene.texts[hash])
            try scene.open().run("UPDATE text SET json = ? WHERE hash = ?", .utf8(text), .blob(hash.bytes))
        }
        try scene.expectSound()
        let later = try scene.edit(times: 5)
        try scene.expectAll(hashes + later)
        try scene.expectSound()
        #expect(try scene.rows().values.filter { $0 != nil }.count == 6)
    }

    @Test func `a copy of an archive includes its compressed texts`() throws {
        var scene = try TextScene()
        let hashes = try scene.edit(times: 70)
        let folder = scene.group.folder
        let file = folder.path(of: "copy.sqlite")
        try scene.group[0].backUp(to: file)
        let copy = try Store.create(in: folder.path(of: "again"), copyOf: file)
        for hash in hashes { #expect(try copy.texts.text(of: hash) == scene.texts[hash]) }
        #expect(try copy.verify().damaged == [])
    }

    @Test func `a transaction that is refused half-way leaves no old text`() throws {
        var scene = try TextScene()
        let texts = (0..<3).map { _ in Prose.json(scene.prose.words(bytes: 3_000)) }
        func transaction(_ origin: UInt128, _ sequence: UInt64, _ fields: [(String, [UInt8])]) -> Transaction
        {
            let name = TransactionName(origin: Origin(rawValue: origin), sequence: sequence)
            let before = TransactionName(origin: name.origin, sequence: sequence - 1)
            let changes = fields.map { field, json in
                FieldChange(field: field, value: .text(json), replaces: sequence > 1 ? [before] : [])
            }
            return Transaction(
                name: name, stamp: Stamp(milliseconds: FakeWorld.startMilliseconds), author: "guest",
                isByProgram: false,
                records: [
                    RecordChanges(id: RecordID(rawValue: origin), kind: "article", fields: changes)
                ])
        }
        // The second one replaces a title that nobody gave, after it has replaced the text.
        let outcome = try scene.group[0].apply([
            transaction(3, 1, [("body", texts[0])]),
            transaction(3, 2, [("body", texts[1]), ("title", Array("\"Water\"".utf8))]),
            transaction(4, 1, [("body", texts[2])]),
        ])
        #expect(outcome.refused.count == 1)
        #expect(outcome.appliedCount == 2)
        #expect(try scene.group[0].database.integer("SELECT count(*) FROM text") == 0)
        #expect(try scene.group[0].view(RecordID(rawValue: 3), kind: "article")?["body"] == texts[0])
        try scene.expectSound()
    }

    private static func column(_ sql: StaticString, in scene: TextScene, _ replica: Int) throws -> [String] {
        var found: [String] = []
        var rows = try scene.group[replica].database.rows(sql)
        while try rows.next() { found.append(rows.text(0)) }
        return found
    }
}
