import Foundation
import QuipuHTTPServer
import Support
import Testing

@testable import QuipuHosting
@testable import QuipuStorage

@Suite struct SnapshotCacheTests {
    private final class Served {
        let group: Replicas
        let archive: StoredArchive
        let cache: SnapshotCache

        init(edits: Int) throws {
            group = try Replicas(1)
            for id in 0..<edits { try group.add([("title", "\"\(id)\"")], id: UInt128(id + 1), at: 0) }
            let environment = group.world.environment()
            archive = StoredArchive(try Store(opening: group[0].folder, environment: environment))
            cache = SnapshotCache(environment: environment)
        }

        func tag(_ headers: [(String, String)] = []) throws -> String {
            let head = HTTPRequestHead(
                method: "GET", path: "/", headers: .init(headers.map { (name: $0.0, value: $0.1) }))
            return try cache.content(for: head, from: archive).tag
        }
    }

    @Test func `a snapshot is made once and served until enough has changed`() throws {
        let served = try Served(edits: 3)
        let first = try served.tag()
        #expect(try served.tag() == first)
        for id in 100..<164 { try served.group.add([("title", "\"\(id)\"")], id: UInt128(id), at: 0) }
        #expect(try served.tag() == first)
        try served.group.add([("title", "\"last\"")], id: 999, at: 0)
        let second = try served.tag()
        #expect(second != first)
        // Who holds a part of the first one gets the rest of that.
        #expect(try served.tag([("If-Range", "\"\(first)\"")]) == first)
        #expect(try served.tag([("If-Range", "\"0123\"")]) == second)
    }

    @Test func `a snapshot that nobody has requested for a week is removed`() throws {
        let served = try Served(edits: 3)
        let first = try served.tag()
        served.group.world.advance(milliseconds: SnapshotCache.keptMilliseconds)
        #expect(try served.tag() == first)
        served.group.world.advance(milliseconds: SnapshotCache.keptMilliseconds + 1)
        #expect(try served.tag() != first)
        #expect(served.archive.folder.snapshotNames().count == 1)
    }

    @Test func `a snapshot does not delay writers and holds the state at its creation`() throws {
        let served = try Served(edits: 3)
        let tag = try served.archive.withStore { _ in
            // The archive is somebody else's all the while.
            let copy = SnapshotCache(environment: served.group.world.environment())
            return try copy.content(
                for: HTTPRequestHead(method: "GET", path: "/"), of: served.archive.folder, at: 3
            ).tag
        }
        #expect(try served.tag() == tag)
    }
}
