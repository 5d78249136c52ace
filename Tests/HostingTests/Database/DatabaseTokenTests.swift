import QuipuCausality
import QuipuHosting
import Support
import Testing

@Suite struct DatabaseTokenTests {
    private func token(_ byte: UInt8, _ scope: AccessToken.Scope, expiresAt: Int64? = nil) -> AccessToken {
        let hash = TokenSecret(bytes: [UInt8](repeating: byte, count: 32)).hash
        return AccessToken(
            id: hash.id, hash: hash, label: byte == 1 ? "Ana's" : nil, scope: scope, createdAt: Int64(byte),
            expiresAt: expiresAt)
    }

    @Test func `a token that one process creates or revokes takes effect at all processes`() throws {
        let shared = try SharedDatabase()
        let (first, second) = (shared.backends[0].tokens, shared.backends[1].tokens)
        #expect(try !second.isInUse())
        let tokens = [
            token(1, .archive("press", .writer), expiresAt: 99), token(2, .server),
            token(3, .archive("press", .reader)),
        ]
        for token in tokens { try first.add(token) }
        #expect(try second.isInUse())
        #expect(try second.list() == tokens)
        #expect(try second.find(tokens[1].id) == tokens[1])
        #expect(try second.find(token(4, .server).id) == nil)

        #expect(try second.revoke(tokens[0].id, atMilliseconds: 5))
        #expect(try first.revoke(tokens[0].id, atMilliseconds: 6))
        #expect(try !first.revoke(token(4, .server).id, atMilliseconds: 5))
        #expect(try first.find(tokens[0].id)?.revokedAt == 5)
        for time in [7, 9, 8] as [Int64] { try second.noteUse(of: tokens[1].id, atMilliseconds: time) }
        #expect(try first.find(tokens[1].id)?.lastUsedAt == 9)
    }

    @Test func `a duplicate token id is refused, and adding the same token again is no error`() throws {
        let shared = try SharedDatabase(1)
        let tokens = shared.backends[0].tokens
        let own = token(1, .server)
        try tokens.add(own)
        try tokens.add(own)
        let other = AccessToken(id: own.id, hash: token(2, .server).hash, scope: .server, createdAt: 1)
        let error = #expect(throws: TokenError.self) { try tokens.add(other) }
        #expect(error?.code == .exists)
        #expect(try tokens.list() == [own])
    }
}
