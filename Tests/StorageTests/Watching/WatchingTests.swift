import Foundation
import QuipuCausality
import QuipuStorage
import Support
import Testing

@Suite struct `An archive's folder is watched` {
    private let world = FakeWorld()
    private let place: TemporaryFolder
    private let store: Store

    init() throws {
        place = try TemporaryFolder()
        store = try Store.create(in: place.path, name: "test", environment: world.environment())
    }

    private func edit(_ store: Store, _ title: String) throws {
        let change = Edit.Change(field: "title", json: Array("\"\(title)\"".utf8))
        _ = try store.edit(
            [Edit(id: RecordID(rawValue: 7), kind: "article", changes: [change])], author: "ana")
    }

    @Test func `commits of other connections are reported, and own commits are not`() throws {
        var commits = try ForeignCommits(to: store)
        try edit(store, "own")
        #expect(try !commits.take())
        let other = try Store(opening: store.folder)
        try edit(other, "other")
        #expect(try commits.take())
        #expect(try !commits.take())
    }

    @Test func `writes are noticed, and reads and clean-up are not`() throws {
        let notices = try #require(FolderNotices())
        let watch = try #require(notices.add(store.folder))
        #expect(try #require(notices.take()).isEmpty)
        try edit(store, "own")
        #expect(notices.take() == [watch])
        for mode in [Store.Mode.readOnly, .readWrite] {
            _ = try Store(opening: store.folder, mode: mode).position
        }
        #expect(try #require(notices.take()).isEmpty)
        notices.remove(watch)
        try edit(store, "unseen")
        #expect(try #require(notices.take()).isEmpty)
    }

    @Test func `a missing folder has no watch`() throws {
        #expect(try #require(FolderNotices()).add(ArchiveFolder(path: place.path(of: "none"))) == nil)
    }

    @Test func `a watcher sees each change and continues after a fault`() throws {
        let notices = FolderNotices()
        let lookout = ArchiveLookout(at: store.folder, notices: notices, now: 0)
        var observed: [Int64] = []
        func look(keepsOpen: Bool = true) throws {
            try lookout.look(at: 0, keepsOpen: keepsOpen) { observed.append(try $0.position) }
        }
        try look()
        try edit(store, "one")
        try look()
        try look()
        #expect(observed == [0, 1])
        try edit(store, "two")
        try look(keepsOpen: false)
        let away = place.path(of: "away")
        try FileManager.default.moveItem(atPath: store.folder.path, toPath: away)
        #expect(throws: StorageError.self) { try look() }
        try FileManager.default.moveItem(atPath: away, toPath: store.folder.path)
        try look()
        #expect(observed == [0, 1, 2, 2])
    }

    @Test func `polling starts soon after a notice, slows down and then becomes rare`() {
        var lookout = Lookout(isBlind: false, now: 0)
        var now: Int64 = 0
        lookout.looked(at: now)
        lookout.noticed(at: now)
        var gaps: [Int64] = []
        for _ in 0..<12 {
            gaps.append(lookout.due - now)
            now = lookout.due
            lookout.looked(at: now)
        }
        #expect(gaps == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 30_000, 30_000])
        lookout.noticed(at: now)
        #expect(lookout.due == now + 1)
        var blind = Lookout(isBlind: true, now: 0)
        blind.looked(at: 0)
        #expect(blind.due == 1_000)
    }

    @Test func `a wake-up wakes the waiting thread`() throws {
        let wake = try #require(WakeUp())
        for _ in 0..<3 {
            Thread.detachNewThread { wake.give() }
            WakeUp.wait(for: [-1, wake.descriptor], milliseconds: nil)
            wake.take()
        }
        WakeUp.wait(for: [wake.descriptor], milliseconds: 0)
    }
}
