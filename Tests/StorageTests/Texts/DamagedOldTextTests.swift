import Foundation
import QuipuCausality
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// A row that is not what it should be gives damage, and never a wrong text.
@Suite struct DamagedOldTextTests {
    private static let complaint = "old texts that cannot be made from what they are kept as"

    enum Lie: CaseIterable {
        case circle, itself, noBase, otherText, cutFrame, bomb, tooDeep, noForm, longBase
    }

    private func damaged(_ lie: Lie) throws -> (scene: TextScene, hashes: [ValueHash]) {
        var scene = try TextScene()
        let hashes = try scene.edit(times: 80)
        func put(_ row: CompressedText, at index: Int) throws {
            try write(row.form, at: index)
        }
        func write(_ form: [UInt8], at index: Int) throws {
            try scene.open().run(
                "UPDATE text SET json = ? WHERE hash = ?", .utf8(form), .blob(hashes[index].bytes))
        }
        let json = try scene.open().bytes("SELECT json FROM text WHERE hash = ?", .blob(hashes[5].bytes))
        var row = try #require(json.flatMap { CompressedText($0) })
        #expect(row.base == hashes[6])
        switch lie {
        case .circle:
            row.base = hashes[3]
            try put(row, at: 5)
        case .itself:
            row.base = hashes[5]
            try put(row, at: 5)
        case .noBase:
            row.base = ValueHash(of: [1])
            try put(row, at: 5)
        case .otherText:
            let text = Prose.json(scene.prose.words(bytes: 4_000))
            let base = try #require(scene.texts[hashes[6]])
            row.frame = try #require(CompressedText.frame(of: text, after: base))
            try put(row, at: 5)
        case .cutFrame:
            row.frame.removeLast(4)
            try put(row, at: 5)
        case .bomb:
            let zeros = [UInt8](repeating: 48, count: CompressedText.maximumBytes + 1)
            row.frame = try #require(CompressedText.frame(of: zeros, after: []))
            row.base = nil
            try put(row, at: 5)
        case .tooDeep:
            // The one that ends the chain goes on to the next, so that the first stand too far from its end.
            let heads = try scene.rows()
            let end = try #require(hashes.firstIndex { heads[$0].map { $0?.base == nil } ?? false })
            let texts = try (end...end + 1).map { try #require(scene.texts[hashes[$0]]) }
            row.frame = try #require(CompressedText.frame(of: texts[0], after: texts[1]))
            row.base = hashes[end + 1]
            try put(row, at: end)
        case .noForm: try write(Array("~zz nothing".utf8), at: 5)
        case .longBase:
            let long = Prose.json(scene.prose.words(bytes: CompressedText.maximumBytes + 1))
            try scene.open().run(
                "INSERT INTO text VALUES (?, ?)", .blob(ValueHash(of: long).bytes), .utf8(long))
            let text = try #require(scene.texts[hashes[5]])
            row.frame = try #require(CompressedText.frame(of: text, after: long))
            row.base = ValueHash(of: long)
            try put(row, at: 5)
        }
        return (scene, hashes)
    }

    @Test(arguments: Lie.allCases)
    func `a text that its row does not yield is reported as damage, here and in a copy`(_ lie: Lie) throws {
        let (scene, hashes) = try damaged(lie)
        let damage = try scene.group[0].verify().damaged
        #expect(damage.count == 1)
        #expect(damage.first?.hasPrefix(Self.complaint) == true, "\(damage)")
        for hash in hashes {
            do {
                #expect(try scene.group[0].texts.text(of: hash) == scene.texts[hash])
            } catch let error as StorageError {
                #expect(error.code == .damaged)
                #expect(error.remedy == Remedy(.examine))
            }
        }
        let folder = scene.group.folder
        try scene.group[0].backUp(to: folder.path(of: "copy.sqlite"))
        let error = #expect(throws: StorageError.self) {
            try Store.create(in: folder.path(of: "again"), copyOf: folder.path(of: "copy.sqlite"))
        }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains(Self.complaint) == true)
    }

    @Test(arguments: Lie.allCases)
    func `a repair drops a damaged text and its dependents and keeps the others`(_ lie: Lie) throws {
        let (scene, hashes) = try damaged(lie)
        let report = try scene.group[0].repair()
        #expect(report.left == [])
        #expect(report.droppedTexts > 0)
        #expect(
            try hashes.suffix(from: 70).allSatisfy {
                try scene.group[0].texts.text(of: $0) == scene.texts[$0]
            })
        try scene.expectSound()
    }

    @Test func `a compressed hidden head is damage, and a repair stores it whole`() throws {
        var scene = try TextScene(2)
        let hashes = try scene.edit(times: 1)
        try scene.group.sync(0, 1)
        let ours = try scene.edit(times: 1)
        let theirs = try scene.edit(times: 1, at: 1)
        try scene.group.syncAll()
        let hidden = try #require(
            [ours[1], theirs[1]].first { (try? scene.group[0].texts.holdsHidden($0)) == true })
        let text = try #require(scene.texts[hidden])
        let row = try #require(CompressedText(of: text, on: nil, height: 0))
        try scene.open().run("UPDATE text SET json = ? WHERE hash = ?", .utf8(row.form), .blob(hidden.bytes))
        #expect(try scene.group[0].verify().damaged.first?.hasSuffix("is kept compressed") == true)
        #expect(try scene.group[0].repair().left == [])
        #expect(try scene.isWhole(hidden))
        try scene.expectAll(hashes + ours + theirs)
        try scene.expectSound()
    }
}
