import Testing

@testable import QuipuHosting

@Suite struct ConnectionLimitsTests {
    @Test func `connections for exchanges are reserved beside those for watchers`() {
        let room = ConnectionLimits(watchers: 10_000, openFiles: 1 << 20)
        #expect(room.watchers == 10_000)
        #expect(room.connections == 11_024)
    }

    @Test func `a low limit on open files reduces watchers and never leaves only watchers`() {
        for openFiles in [0, 256, 1_024, 4_096, 8_192] {
            let room = ConnectionLimits(watchers: 16_384, openFiles: openFiles)
            #expect(room.connections <= max(128, openFiles))
            #expect(room.watchers > 0)
            #expect(room.watchers <= max(room.connections / 2, room.connections - 1_024))
        }
    }

    @Test func `a server configured without watchers admits none`() {
        #expect(ConnectionLimits(watchers: 0, openFiles: 1 << 20).watchers == 0)
    }
}
