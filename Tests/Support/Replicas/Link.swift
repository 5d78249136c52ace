import Glibc

/// Two connections whose bytes are passed from one to the other.
struct Link {
    let client: LoopbackSocket
    let server: LoopbackSocket

    /// Waits for bytes from either side; nil when one of them has ended.
    func next() -> (from: CuttingProxy.Direction, bytes: [UInt8])? {
        var entries = [client, server].map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        while poll(&entries, 2, -1) < 0 { if errno != EINTR { return nil } }
        let isClient = entries[0].revents != 0
        let block = (isClient ? client : server).receive(atMost: 64 << 10)
        return block.isEmpty ? nil : (isClient ? .request : .reply, block)
    }

    /// Whether all of it went out.
    @discardableResult
    func pass(_ bytes: some Collection<UInt8>, from direction: CuttingProxy.Direction) -> Bool {
        (direction == .request ? server : client).send(bytes)
    }

    /// Takes what still comes and passes nothing, until either side ends.
    func waitForEnd() {
        while next() != nil {}
    }
}
