import Glibc
import Synchronization

/// A link between clients and a server that does a fault to each connection, as chosen from a seed. It carries out
/// what `FaultyConnection` says; one connection at a time.
public final class BadLink: Sendable {
    private struct State {
        var choice: FaultChoice
        var upstream: UInt16
        var struck: [LinkFault.Kind: Int] = [:]
        var isSound = false
    }

    /// So that the mutex can be shared with the serving closure.
    private final class Shared: Sendable {
        let state: Mutex<State>
        init(_ state: State) { self.state = Mutex(state) }
    }

    private let server: LoopbackServer
    private let shared: Shared

    /// - Parameter upstream: the server's port.
    public init(to upstream: UInt16, _ choice: FaultChoice) throws {
        let shared = Shared(State(choice: choice, upstream: upstream))
        self.shared = shared
        server = try LoopbackServer { client in
            let (fault, upstream) = shared.state.withLock { state in
                (state.isSound ? nil : state.choice.next(), state.upstream)
            }
            guard let server = LoopbackSocket.connected(to: upstream) else { return }
            defer { server.close() }
            var connection = FaultyConnection(fault)
            let link = Link(client: client, server: server)
            while let (from, block) = link.next() {
                let hadStruck = connection.hasStruck
                let actions = connection.receive(block, from: from)
                if let fault, connection.hasStruck, !hadStruck {
                    shared.state.withLock { $0.struck[fault.kind, default: 0] += 1 }
                }
                for action in actions where !Self.carryOut(action, over: link, to: upstream) { return }
            }
        }
    }

    deinit { server.stop() }

    public var url: String { server.url }

    /// Connections that met each kind of fault.
    public var struck: [LinkFault.Kind: Int] { shared.state.withLock { $0.struck } }

    /// New connections lead there.
    public func redirect(to upstream: UInt16) { shared.state.withLock { $0.upstream = upstream } }

    /// New connections meet no faults, or again some.
    public func setSound(_ isSound: Bool) { shared.state.withLock { $0.isSound = isSound } }

    /// False when the connection is over.
    private static func carryOut(_ action: FaultyConnection.Action, over link: Link, to upstream: UInt16)
        -> Bool
    {
        switch action {
        case .pass(let bytes, let direction):
            return link.pass(bytes, from: direction)
        case .wait(let milliseconds):
            // The link is slow here; nobody waits for anything.
            poll(nil, 0, Int32(milliseconds))
            return true
        case .hold:
            link.waitForEnd()
            return false
        case .cut:
            return false
        case .sendApart(let request):
            guard let server = LoopbackSocket.connected(to: upstream) else { return true }
            defer { server.close() }
            server.send(request)
            var framing = MessageFraming()
            while true {
                var block = server.receive(atMost: 64 << 10)[...]
                if block.isEmpty { return true }
                while !block.isEmpty {
                    let (count, _, endsMessage) = framing.next(block)
                    if endsMessage { return true }
                    block = block.dropFirst(count)
                }
            }
        }
    }
}
