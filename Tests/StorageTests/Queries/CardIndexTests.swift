import Foundation
import QuipuCausality
import Support
import Testing

@testable import QuipuStorage

/// What filters and orders stand on follows from the archive, whatever becomes of its file.
@Suite struct CardIndexTests {
    private let group: Replicas

    init() throws {
        group = try Replicas(1)
        try group.add([("title", "\"Quicksilver\""), ("author", "\"Ana\"")], id: 1, at: 0)
        try group.add([("title", "\"Water\""), ("author", "\"Bo\"")], id: 2, at: 0)
    }

    private func found(_ query: String, in store: Store? = nil) throws -> [UInt128] {
        try (store ?? group[0]).queries.ids(Query(query)).ids.map(\.id.rawValue)
    }

    private func reopened() throws -> Store {
        try Store(opening: group[0].folder, environment: group.world.environment())
    }

    @Test func `an index file that is damaged, empty or missing is rebuilt`() throws {
        #expect(try found("author:ana") == [1])
        let path = group[0].folder.indexPath
        for content in [Data("no database at all".utf8), Data(), Data(count: 8_192)] {
            try content.write(to: URL(fileURLWithPath: path))
            #expect(try found("author:ana", in: reopened()) == [1])
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(try found("author:bo", in: reopened()) == [2])
    }

    @Test func `an index whose damage shows only while a query is answered is rebuilt`() throws {
        #expect(try found("author:ana") == [1])
        let path = group[0].folder.indexPath
        let reader = try reopened()
        #expect(try found("title:water", in: reader) == [2])
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // All but the first page, by which the file is known, and that of the table which says how far it goes.
        bytes.replaceSubrange(8_192..., with: Data(repeating: 0xA5, count: bytes.count - 8_192))
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(try found("author:ana", in: reopened()) == [1])
    }

    @Test func `an index of another archive is not used`() throws {
        let other = try Replicas(1, seed: 2)
        for number in 5...9 { try other.add([("author", "\"Ana\"")], id: UInt128(number), at: 0) }
        _ = try other[0].queries.ids(Query("author:ana"))
        try FileManager.default.copyItem(atPath: other[0].folder.indexPath, toPath: group[0].folder.indexPath)
        #expect(try found("author:ana") == [1])
    }

    @Test func `an edit that is rolled back does not change what later queries find`() throws {
        #expect(try found("author:ana") == [1])
        try group[0].rollingBack { store in
            _ = try store.edit(
                [
                    Edit(
                        id: RecordID(rawValue: 2), kind: "article",
                        changes: [.init(field: "author", json: Array("\"Ana\"".utf8))])
                ], author: "ana")
            #expect(try found("author:ana", in: store) == [1, 2])
        }
        #expect(try found("author:ana") == [1])
        #expect(try found("author:ana", in: reopened()) == [1])
        try group.add([("author", "\"Cy\"")], id: 1, at: 0)
        #expect(try found("author:ana", in: reopened()).isEmpty)
    }

    @Test func `a query finds what another connection wrote`() throws {
        let other = try reopened()
        #expect(try found("author:ana", in: other) == [1])
        try group.add([("author", "\"Cy\"")], id: 1, at: 0)
        #expect(try found("author:cy") == [1])
        #expect(try found("author:cy", in: other) == [1])
        #expect(try found("author:ana", in: other).isEmpty)
    }

    @Test func `the index file no longer contains a title that was purged`() throws {
        #expect(try found("title:quicksilver") == [1])
        let path = group[0].folder.indexPath
        func holds() throws -> Bool {
            guard FileManager.default.fileExists(atPath: path) else { return false }
            return try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data("quicksilver".utf8)) != nil
        }
        #expect(try holds())
        _ = try group[0].delete(RecordID(rawValue: 1), kind: "article", author: "ana")
        _ = try group[0].purge(RecordID(rawValue: 1), kind: "article", author: "ana")
        #expect(try !holds())
        #expect(try found("title:quicksilver").isEmpty && found("is:deleted") == [1])
        #expect(try !holds())
    }

    @Test func `a read-only reader finds the same records and writes no index file`() throws {
        let reader = try Store(
            opening: group[0].folder, mode: .readOnly, environment: group.world.environment())
        #expect(try found("author:ana", in: reader) == [1])
        #expect(!FileManager.default.fileExists(atPath: group[0].folder.indexPath))
        #expect(try found("author:ana") == [1])
        try group.add([("author", "\"Ana\"")], id: 2, at: 0)
        #expect(try found("author:ana", in: reader) == [1, 2])
    }
}
