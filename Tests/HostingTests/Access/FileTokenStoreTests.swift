import Foundation
import QuipuHosting
import QuipuStorage
import Support
import Testing

@Suite struct FileTokenStoreTests {
    private let folder: TemporaryFolder
    private let store: FileTokenStore

    init() throws {
        folder = try TemporaryFolder()
        store = FileTokenStore(in: folder.path)
    }

    private func token(_ seed: UInt8, _ scope: AccessToken.Scope = .server, at time: Int64 = 1) -> AccessToken
    {
        let hash = TokenSecret(bytes: [UInt8](repeating: seed, count: 32)).hash
        return AccessToken(
            id: hash.id, hash: hash, label: seed == 1 ? nil : "ana \(seed)", scope: scope, createdAt: time,
            expiresAt: seed == 3 ? 99 : nil)
    }

    @Test func `reading creates no file, and the first token creates one that only its owner can read`()
        throws
    {
        #expect(try !store.isInUse())
        #expect(try store.list().isEmpty)
        #expect(try !store.revoke(token(1).id, atMilliseconds: 1))
        #expect(!FileManager.default.fileExists(atPath: store.path))
        try store.add(token(1))
        for suffix in ["", "-wal", "-shm"] {
            let facts = try FileManager.default.attributesOfItem(atPath: store.path + suffix)
            #expect(facts[.posixPermissions] as? Int == 0o600, "\(suffix)")
        }
    }

    @Test func `tokens are found as they were added, from another process too`() throws {
        let tokens = [
            token(1, .archive("press", .reader), at: 3), token(2, .archive("notes", .owner), at: 2),
            token(3, .server, at: 1),
        ]
        for token in tokens { try store.add(token) }
        let other = FileTokenStore(in: folder.path)
        #expect(try other.isInUse())
        #expect(try other.list() == tokens.reversed())
        for token in tokens { #expect(try other.find(token.id) == token) }
        #expect(try other.find(token(9).id) == nil)
    }

    @Test func `a token cannot be added twice`() throws {
        try store.add(token(1))
        let error = #expect(throws: TokenError.self) { try store.add(token(1)) }
        #expect(error?.code == .exists)
    }

    @Test func `a revoked token stays revoked from the first time on and remains listed`() throws {
        let other = FileTokenStore(in: folder.path)
        try store.add(token(1))
        #expect(try other.find(token(1).id)?.state(atMilliseconds: 50) == .valid)
        #expect(try store.revoke(token(1).id, atMilliseconds: 5))
        #expect(try store.revoke(token(1).id, atMilliseconds: 7))
        #expect(try other.find(token(1).id)?.revokedAt == 5)
        #expect(try other.find(token(1).id)?.state(atMilliseconds: 50) == .revoked)
        #expect(try other.isInUse())
    }

    @Test func `a use is recorded only if it is later than the last known one`() throws {
        try store.add(token(1))
        for time: Int64 in [5, 9, 7] { try store.noteUse(of: token(1).id, atMilliseconds: time) }
        #expect(try store.find(token(1).id)?.lastUsedAt == 9)
    }

    @Test func `a token expires at its exact time`() {
        #expect(token(3).state(atMilliseconds: 98) == .valid)
        #expect(token(3).state(atMilliseconds: 99) == .expired)
    }

    @Test func `a file that is not a token database is named in the error and left unchanged`() throws {
        let text = String(repeating: "not a database. ", count: 100)
        try folder.write(text, to: FileTokenStore.fileName)
        let error = #expect(throws: StorageError.self) { try store.isInUse() }
        #expect(error?.message.contains(store.path) == true)
        #expect(throws: StorageError.self) { try store.add(token(1)) }
        #expect(try String(contentsOfFile: store.path, encoding: .utf8) == text)
    }

    @Test
    func `a replaced token file takes effect at once, and a removed one changes nothing`()
        throws
    {
        try store.add(token(1))
        let backup = try TemporaryFolder()
        try FileTokenStore(in: backup.path).add(token(2))
        for suffix in ["", "-wal", "-shm"] { try FileManager.default.removeItem(atPath: store.path + suffix) }
        #expect(try store.find(token(1).id) != nil)
        let put = FileTokenStore(in: backup.path).path
        try FileManager.default.moveItem(atPath: put, toPath: store.path)
        #expect(try store.find(token(1).id) == nil)
        #expect(try store.find(token(2).id) != nil)
    }

    @Test func `a token database whose creation was interrupted is created again`() throws {
        try folder.write("", to: FileTokenStore.fileName)
        #expect(try !store.isInUse())
        try store.add(token(1))
        #expect(try store.isInUse())
    }
}
