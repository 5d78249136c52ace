import QuipuHTTPServer
import QuipuStorage
import Synchronization
import Testing

@testable import QuipuHosting

/// Codes and sessions of `quipu open`.
@Suite struct SessionDoorTests {
    private final class Clock: Sendable {
        let now = Atomic<Int64>(1_000)
    }

    private let clock = Clock()
    private let door: SessionDoor

    init() {
        door = SessionDoor(randomBytes: Environment.system.randomBytes) { [clock] in
            clock.now.load(ordering: .relaxed)
        }
    }

    private func admits(_ secret: String?) -> Bool {
        let fields = secret.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? []
        let head = HTTPRequestHead(method: "GET", path: "/v1/session", headers: .init(fields))
        return (try? door.admit(head, to: .session)) != nil
    }

    private func word(_ body: () throws -> String) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? Problem)?.word
        }
    }

    @Test func `a code opens a session, and only the secret of that session is admitted`() throws {
        let code = door.newCode()
        let secret = try door.open(with: code)
        #expect(admits(secret))
        #expect(!admits(nil) && !admits(code) && !admits(secret + "0"))
        let caller = try door.admit(
            HTTPRequestHead(
                method: "GET", path: "/", headers: .init([("Authorization", "Bearer \(secret)")])),
            to: .session)
        #expect(caller.isOwnPage && caller.role == .owner && !caller.mayCreate)
    }

    @Test func `a code that is used again ends the session that it opened and no other`() throws {
        let (first, second) = (door.newCode(), door.newCode())
        let (one, other) = (try door.open(with: first), try door.open(with: second))
        #expect(word { try door.open(with: first) } == "code-used")
        #expect(!admits(one) && admits(other))
        // It stays used.
        #expect(word { try door.open(with: first) } == "code-used")
    }

    @Test func `a code expires after a minute and an unknown one is refused`() throws {
        let (early, late) = (door.newCode(), door.newCode())
        clock.now.add(59_999, ordering: .relaxed)
        _ = try door.open(with: early)
        clock.now.add(1, ordering: .relaxed)
        #expect(word { try door.open(with: late) } == "code-expired")
        #expect(word { try door.open(with: "00") } == "unknown-code")
    }

    @Test func `signing out ends a session`() throws {
        let secret = try door.open(with: door.newCode())
        door.end(secret)
        #expect(!admits(secret))
    }

    @Test func `codes and sessions are limited in number, and the oldest are forgotten first`() throws {
        let first = door.newCode()
        let codes = (0..<64).map { _ in door.newCode() }
        #expect(word { try door.open(with: first) } == "unknown-code")
        let secrets = try codes.prefix(33).map { try door.open(with: $0) }
        #expect(!admits(secrets[0]) && admits(secrets[1]) && admits(secrets[32]))
    }

    @Test func `idle time counts from the last request of a session`() throws {
        let secret = try door.open(with: door.newCode())
        clock.now.add(5_000, ordering: .relaxed)
        #expect(door.unusedMilliseconds == 5_000)
        #expect(!admits("wrong"))
        #expect(door.unusedMilliseconds == 5_000)
        #expect(admits(secret))
        #expect(door.unusedMilliseconds == 0)
    }
}
