import Testing

@testable import Support

struct FaultyConnectionTests {
    private typealias Action = FaultyConnection.Action

    private static let request = Array("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabcdef".utf8)
    private static let reply = Array("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nABCD".utf8)

    /// Two requests and their replies, in portions; what came out on either side, and what else was done.
    private static func run(_ fault: LinkFault?, portionBytes: Int) -> (
        request: [UInt8], reply: [UInt8], others: [Action], hasStruck: Bool
    ) {
        var connection = FaultyConnection(fault)
        var (requests, replies, others) = ([UInt8](), [UInt8](), [Action]())
        for (bytes, direction) in [
            (request, CuttingProxy.Direction.request), (reply, .reply), (request, .request), (reply, .reply),
        ] {
            for start in stride(from: 0, to: bytes.count, by: portionBytes) {
                let portion = Array(bytes[start..<min(start + portionBytes, bytes.count)])
                for action in connection.receive(portion, from: direction) {
                    switch action {
                    case .pass(let bytes, .request): requests += bytes
                    case .pass(let bytes, .reply): replies += bytes
                    case .cut, .hold:
                        return (requests, replies, others + [action], connection.hasStruck)
                    default: others.append(action)
                    }
                }
            }
        }
        return (requests, replies, others, connection.hasStruck)
    }

    private static let portions = [1, 3, 1_000]

    @Test(arguments: portions)
    func `a connection without a fault passes everything unchanged`(portionBytes: Int) {
        let run = Self.run(nil, portionBytes: portionBytes)
        #expect(run.request == Self.request + Self.request && run.reply == Self.reply + Self.reply)
        #expect(run.others.isEmpty && !run.hasStruck)
    }

    @Test(arguments: portions)
    func `a cut or a stall passes exactly the bytes before it, in either direction`(portionBytes: Int) {
        for place in 0..<Self.request.count {
            let cut = Self.run(.cut(.request, afterBytes: place), portionBytes: portionBytes)
            #expect(cut.request == Array(Self.request.prefix(place)) && cut.reply.isEmpty)
            #expect(cut.others == [.cut] && cut.hasStruck)
        }
        for place in 0..<Self.reply.count {
            let stall = Self.run(.stall(.reply, afterBytes: place), portionBytes: portionBytes)
            #expect(stall.request == Self.request && stall.reply == Array(Self.reply.prefix(place)))
            #expect(stall.others == [.hold] && stall.hasStruck)
        }
    }

    @Test(arguments: portions)
    func `a pause loses nothing`(portionBytes: Int) {
        let run = Self.run(.pause(.reply, afterBytes: 50, milliseconds: 9), portionBytes: portionBytes)
        #expect(run.request == Self.request + Self.request && run.reply == Self.reply + Self.reply)
        #expect(run.others == [.wait(milliseconds: 9)] && run.hasStruck)
    }

    @Test(arguments: portions)
    func `a fault at a place that is never reached does nothing`(portionBytes: Int) {
        for fault in [
            LinkFault.cut(.request, afterBytes: 1_000), .corrupt(.reply, bodyByte: 8, bit: 0),
            .pause(.reply, afterBytes: 1_000, milliseconds: 1),
        ] {
            let run = Self.run(fault, portionBytes: portionBytes)
            #expect(run.request == Self.request + Self.request && run.reply == Self.reply + Self.reply)
            #expect(run.others.isEmpty && !run.hasStruck)
        }
    }

    @Test(arguments: portions)
    func `corruption changes one bit of a body and none of a head`(portionBytes: Int) {
        for byte in 0..<12 {
            let run = Self.run(.corrupt(.request, bodyByte: byte, bit: byte % 8), portionBytes: portionBytes)
            var expected = Self.request + Self.request
            let head = Self.request.count - 6
            expected[byte < 6 ? head + byte : Self.request.count + head + byte - 6] ^= 1 << UInt8(byte % 8)
            #expect(run.request == expected && run.reply == Self.reply + Self.reply)
            #expect(run.hasStruck && run.others.isEmpty)
        }
    }

    @Test(arguments: portions)
    func `a slow link passes everything, a few bytes at a time`(portionBytes: Int) {
        let run = Self.run(.throttle(bytesAtOnce: 2), portionBytes: portionBytes)
        #expect(run.request == Self.request + Self.request && run.reply == Self.reply + Self.reply)
        #expect(run.others.count >= (run.request.count + run.reply.count) / 2)
        #expect(Set(run.others.map { "\($0)" }).count == 1)
    }

    @Test(arguments: portions, [true, false])
    func `duplication sends the first request twice, whole`(portionBytes: Int, isEarlier: Bool) throws {
        let run = Self.run(.duplicate(isEarlier: isEarlier), portionBytes: portionBytes)
        #expect(run.request == Self.request + Self.request && run.reply == Self.reply + Self.reply)
        #expect(run.others == [.sendApart(Self.request)] && run.hasStruck)
        // Earlier: before the server has all of the original.
        var connection = FaultyConnection(.duplicate(isEarlier: isEarlier))
        let first = connection.receive(Self.request, from: .request)
        #expect(first.contains(.sendApart(Self.request)) == isEarlier)
        if isEarlier { #expect(first.last == .pass(Array(Self.request.suffix(6)), from: .request)) }
    }

    @Test
    func `the same seed chooses the same faults, of every kind`() {
        func faults(_ seed: UInt64) -> [LinkFault?] {
            var choice = FaultChoice(seed: seed, soundOneIn: 10, requestBytes: 5_000, replyBytes: 3_000)
            return (0..<300).map { _ in choice.next() }
        }
        #expect(faults(1) == faults(1) && faults(1) != faults(2))
        #expect(Set(faults(1).map { $0?.kind }).count == LinkFault.Kind.allCases.count + 1)
    }
}
