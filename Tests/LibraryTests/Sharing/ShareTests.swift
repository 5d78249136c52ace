import Foundation
import Support
import Synchronization
import Testing

@testable import Quipu

/// Two machines and a code.
@Suite struct ShareTests {
    private let scene: ShareScene

    init() throws { scene = try ShareScene() }

    @Test func `two mirrors exchange both ways with a code, and no remote is remembered`() throws {
        _ = try scene.ana.write { t in try t.add(.article) { $0.title = "Bridge" } }
        _ = try scene.ben.write { t in try t.add(.article) { $0.title = "Fog" } }
        let share = try scene.share()
        defer { share.stop(graceMilliseconds: 0) }
        let remotes = try scene.ben.remotes().map(\.name)
        let report = try scene.ben.sync(withShareAt: share.addresses[0], code: share.code)
        #expect(report.isInSync && report.sentChanges == 1 && report.receivedChanges == 1)
        #expect(report.remote == share.addresses[0].text)
        #expect(try scene.ana.verify().digest == scene.ben.verify().digest)
        #expect(try scene.ben.remotes().map(\.name) == remotes && scene.ana.remotes().isEmpty)
        #expect(share.state == .open && share.remainingSeconds <= 1_800)
    }

    @Test func `a mirror is made from nothing, and neither side keeps anything of the share`() throws {
        // Enough for the server to offer a snapshot.
        for number in 0..<80 {
            _ = try scene.ana.write { t in try t.add(.article) { $0.title = "Article \(number)" } }
        }
        let before = try contents(of: scene.ana.path + "/.quipu")
        let share = try scene.share()
        let caro = try Archive.clone(
            shareAt: share.addresses[0], code: share.code, to: scene.folder.path + "/caro", as: "Caro")
        #expect(try caro.remotes().isEmpty)
        #expect(try caro.verify().digest == scene.ana.verify().digest)
        #expect(caro.name == "press" && caro.identifier == scene.ana.identifier)
        #expect(FileManager.default.fileExists(atPath: scene.ana.path + "/.quipu/snapshots"))
        share.stop(graceMilliseconds: 0)
        #expect(try contents(of: scene.ana.path + "/.quipu") == before)
        #expect(
            try contents(of: caro.path + "/.quipu").allSatisfy {
                !$0.contains("credentials") && !$0.contains("snapshot")
            })
    }

    private func contents(of path: String) throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: path).filter { !$0.contains(".sqlite-") })
    }

    @Test func `a share code serves its first replica only, unless a group was allowed`() throws {
        let caro = try Archive.open(at: copy(of: scene.ben, "caro"), as: "Caro")
        let one = try scene.share()
        defer { one.stop(graceMilliseconds: 0) }
        #expect(scene.refusal(scene.ben, one.addresses[0], one.code) == nil)
        let error = scene.refusal(caro, one.addresses[0], one.code)
        #expect(error?.code == .shareTaken, "\(String(describing: error))")
        #expect(scene.refusal(scene.ben, one.addresses[0], one.code) == nil)
        let many = try scene.share { $0.allowsMany = true }
        defer { many.stop(graceMilliseconds: 0) }
        for archive in [scene.ben, caro, scene.ben] {
            #expect(scene.refusal(archive, many.addresses[0], many.code) == nil)
        }
    }

    /// Another mirror of the same archive.
    private func copy(of archive: Archive, _ name: String) throws -> String {
        try Archive.clone(archive.path, to: scene.folder.path + "/" + name, CloneRequest(), in: .system).path
    }

    @Test func `a clone may be repeated with its code, and is refused once its archive has edits of its own`()
        throws
    {
        let share = try scene.share()
        defer { share.stop(graceMilliseconds: 0) }
        let path = scene.folder.path + "/caro"
        for _ in 0..<2 {
            _ = try Archive.clone(shareAt: share.addresses[0], code: share.code, to: path, as: "Caro")
        }
        let caro = try Archive.open(at: path, as: "Caro")
        _ = try caro.write { t in try t.add(.article) { $0.title = "Own" } }
        let error = #expect(throws: QuipuError.self) {
            try Archive.clone(shareAt: share.addresses[0], code: share.code, to: path, as: "Caro")
        }
        #expect(error?.code == .archiveExists)
        #expect(scene.refusal(caro, share.addresses[0], share.code) == nil)
    }

    @Test func `a code that has expired is refused`() throws {
        let now = Counter64()
        let share = try scene.share { $0.now = { now.value } }
        defer { share.stop(graceMilliseconds: 0) }
        now.add(30 * 60_000 - 1)
        #expect(scene.refusal(scene.ben, share.addresses[0], share.code) == nil && share.state == .open)
        now.add(1)
        #expect(share.state == .expired && share.remainingSeconds == 0)
        #expect(scene.refusal(scene.ben, share.addresses[0], share.code)?.code == .shareExpired)
    }

    private final class Counter64: Sendable {
        private let number = Atomic<Int64>(1)
        func add(_ more: Int64) { number.add(more, ordering: .relaxed) }
        var value: Int64 { number.load(ordering: .relaxed) }
    }

    @Test func `a share refuses another archive without counting its code as used`() throws {
        let other = try Archive.create(at: scene.folder.path + "/other", named: "press", as: "Caro")
        let share = try scene.share()
        defer { share.stop(graceMilliseconds: 0) }
        #expect(scene.refusal(other, share.addresses[0], share.code)?.code.rawValue == "other-archive")
        #expect(scene.refusal(scene.ben, share.addresses[0], share.code) == nil)
        #expect(scene.refusal(scene.ana, share.addresses[0], share.code)?.code == .shareTaken)
    }

    @Test func `the archive that is shared is recognised as itself`() throws {
        let share = try scene.share()
        defer { share.stop(graceMilliseconds: 0) }
        #expect(scene.refusal(scene.ana, share.addresses[0], share.code)?.code == .sameArchive)
    }

    @Test func `a share at an address that no other machine can reach is refused`() throws {
        for address in ["127.0.0.1", "127.0.0.1:x", "[::1]:0", ""] {
            #expect(throws: QuipuError.self, "\(address)") { try scene.share { $0.address = address } }
        }
    }
}
