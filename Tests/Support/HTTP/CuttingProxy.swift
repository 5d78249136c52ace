import Glibc
import Synchronization

/// A link between a client and a server that breaks after so many bytes.
public final class CuttingProxy: Sendable {
    public enum Direction: Sendable {
        case request
        case reply
    }

    /// How fast what passes does, and how long it is on its way.
    public struct Pace: Sendable {
        var bytesPerSecond: Int
        var delayMilliseconds: Int

        public init(bytesPerSecond: Int, delayMilliseconds: Int) {
            self.bytesPerSecond = bytesPerSecond
            self.delayMilliseconds = delayMilliseconds
        }
    }

    private struct State {
        /// Towards the next cut.
        var passed = 0
        var cuts = 0
        var requestBytes = 0
        var replyBytes = 0

        mutating func count(_ bytes: Int, _ direction: Direction) {
            if direction == .request { requestBytes += bytes } else { replyBytes += bytes }
        }
    }

    private let server: LoopbackServer
    private let state: Counters
    /// One byte for each cut.
    private let cutBytes: ReadingEnd
    private let cutWriter: Int32

    /// - Parameters:
    ///   - upstream: the server's port.
    ///   - direction: which bytes count.
    ///   - bytes: how many pass before the link breaks; of all connections together.
    ///   - times: how often it breaks; the count restarts each time. From then on it holds.
    ///   - isHeld: do not close the broken connection, just pass nothing any more, until both ends go.
    ///   - pace: nil for as fast as this machine is.
    public init(
        to upstream: UInt16, cutting direction: Direction, afterBytes bytes: Int, times: Int = .max,
        holding isHeld: Bool = false, pace: Pace? = nil
    ) throws {
        let state = Counters()
        let (reader, writer) = try ReadingEnd.pipe()
        (self.state, cutBytes, cutWriter) = (state, reader, writer)
        server = try LoopbackServer { client in
            guard let server = LoopbackSocket.connected(to: upstream) else { return }
            defer { server.close() }
            let link = Link(client: client, server: server)
            var last: Direction?
            while let (from, block) = link.next() {
                var allowed = block.count
                var isCut = false
                state.mutex.withLock { state in
                    defer { state.count(allowed, from) }
                    guard from == direction, state.cuts < times else { return }
                    allowed = min(allowed, bytes - state.passed)
                    state.passed += allowed
                    isCut = state.passed == bytes
                    if isCut { (state.passed, state.cuts) = (0, state.cuts + 1) }
                }
                if let pace {
                    if last != from { poll(nil, 0, Int32(pace.delayMilliseconds)) }
                    last = from
                    Self.pass(block.prefix(allowed), from: from, over: link, pace)
                } else {
                    link.pass(block.prefix(allowed), from: from)
                }
                if isCut {
                    _ = write(writer, [1], 1)
                    if isHeld { link.waitForEnd() }
                    return
                }
            }
        }
    }

    private static func pass(
        _ block: ArraySlice<UInt8>, from direction: Direction, over link: Link, _ pace: Pace
    ) {
        var left = block
        while !left.isEmpty {
            let packet = left.prefix(1_400)
            // The link is slow here; nobody waits for anything.
            poll(nil, 0, Int32(packet.count * 1_000 / pace.bytesPerSecond))
            if !link.pass(packet, from: direction) { return }
            left = left.dropFirst(packet.count)
        }
    }

    /// So that the mutex can be shared with the serving closure.
    private final class Counters: Sendable {
        let mutex = Mutex(State())
    }

    public var url: String { server.url }

    /// What has passed so far, of all connections together.
    public var passedBytes: (request: Int, reply: Int) {
        state.mutex.withLock { ($0.requestBytes, $0.replyBytes) }
    }

    public var cuts: Int { state.mutex.withLock { $0.cuts } }

    /// Waits until the link has broken once more than was waited for, or the program that uses it has ended.
    public func waitForCut(of program: ChildProgram) throws {
        try program.wait(or: cutBytes)
        var cut: UInt8 = 0
        _ = read(cutBytes.descriptor, &cut, 1)
    }

    deinit {
        server.stop()
        cutBytes.close()
        close(cutWriter)
    }
}
