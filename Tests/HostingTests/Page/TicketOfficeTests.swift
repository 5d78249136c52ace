import QuipuCausality
import QuipuStorage
import Synchronization
import Testing

@testable import QuipuHosting

/// Addresses that open one content for a minute.
@Suite struct TicketOfficeTests {
    private final class Clock: Sendable {
        let now = Atomic<Int64>(1_700_000_000_000)
    }

    private let clock = Clock()
    private let office: TicketOffice
    private let content = BlobHash(text: String(repeating: "ab", count: 32))

    init() {
        office = TicketOffice(
            in: Environment(
                nowMilliseconds: { [clock] in clock.now.load(ordering: .relaxed) },
                randomBytes: Environment.system.randomBytes))
    }

    private func refusal(_ ticket: String, in archive: String = "press") -> String? {
        do {
            _ = try office.content(of: ticket, in: archive)
            return nil
        } catch {
            return (error as? Problem)?.word
        }
    }

    @Test func `a ticket opens its content in its archive for a minute`() throws {
        let content = try #require(content)
        let ticket = office.ticket(for: content, of: "press")
        #expect(try office.content(of: ticket, in: "press") == content)
        #expect(refusal(ticket, in: "other") == "bad-ticket")
        clock.now.add(60_000, ordering: .relaxed)
        #expect(refusal(ticket) == nil)
        clock.now.add(1, ordering: .relaxed)
        #expect(refusal(ticket) == "ticket-expired")
    }

    @Test func `a ticket with any digit changed is refused, and so is one of another process`() throws {
        let content = try #require(content)
        let ticket = office.ticket(for: content, of: "press")
        for place in ticket.indices where ticket[place] != "." {
            var changed = ticket
            changed.replaceSubrange(place...place, with: ticket[place] == "0" ? "1" : "0")
            #expect(refusal(changed) == "bad-ticket", "\(changed)")
        }
        for text in ["", ".", "..", ticket + ".", String(ticket.dropLast()), ticket.uppercased()] {
            #expect(refusal(text) == "bad-ticket", "\(text)")
        }
        #expect(refusal(TicketOffice(in: .system).ticket(for: content, of: "press")) == "bad-ticket")
    }

    @Test func `a ticket made before the clock was set back is refused`() throws {
        let ticket = office.ticket(for: try #require(content), of: "press")
        clock.now.subtract(3_600_000, ordering: .relaxed)
        #expect(refusal(ticket) == "ticket-expired")
    }

    /// RFC 4231, test cases 1 and 2.
    @Test func `the code of a ticket is HMAC-SHA256`() {
        let first = MessageAuthentication.code(
            of: Array("Hi There".utf8), key: [UInt8](repeating: 0x0b, count: 20))
        #expect(
            first.hexadecimal == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let second = MessageAuthentication.code(
            of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(
            second.hexadecimal == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }
}
