import Glibc
import QuipuHTTPClient
import QuipuHTTPServer
import Synchronization
import Testing

/// Bytes in an order that tells a lost, doubled or moved piece: the block's length is prime.
private let block = (0..<1_000_003).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 16) }

private func pattern(at offset: Int, count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
        let start = (offset + bytes.count) % block.count
        bytes += block[start..<min(block.count, start + count - bytes.count)]
    }
    return bytes
}

/// A body on its way: made at one end, checked at the other. What was made and has not arrived is held by
/// somebody: by the two libraries, their buffers, or the system.
private final class Passage: Sendable {
    private struct State {
        var made = 0
        var arrived = 0
        var peakHeld = 0
        var isRight = true
    }

    let sizeBytes: Int
    private let state = Mutex(State())

    init(sizeBytes: Int) { self.sizeBytes = sizeBytes }

    func next(_ maximumBytes: Int) -> [UInt8] {
        state.withLock { state in
            let piece = pattern(at: state.made, count: min(maximumBytes, sizeBytes - state.made))
            state.made += piece.count
            state.peakHeld = max(state.peakHeld, state.made - state.arrived)
            return piece
        }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            pattern(at: state.arrived, count: bytes.count).withUnsafeBytes { expected in
                if let expected = expected.baseAddress, let actual = bytes.baseAddress {
                    state.isRight = state.isRight && memcmp(expected, actual, bytes.count) == 0
                }
            }
            state.arrived += bytes.count
        }
    }

    var isWhole: Bool { state.withLock { $0.isRight && $0.arrived == sizeBytes } }
    var peakHeldBytes: Int { state.withLock { $0.peakHeld } }
}

private final class Arrival: HTTPRequestHandler {
    private let passage: Passage

    init(_ passage: Passage) { self.passage = passage }

    func receive(_ bytes: UnsafeRawBufferPointer) { passage.receive(bytes) }
    func finish() -> HTTPResponse { HTTPResponse(status: 204) }
}

@Suite struct `Large bodies are streamed in constant memory` {
    private static let sizeBytes = 50_000_000
    /// The system's buffers for a connection hold up to ten million bytes, ours less than one.
    private static let allowanceBytes = 16_000_000

    @Test(arguments: [true, false])
    func `a large request body is streamed in constant memory`(isLengthKnown: Bool) throws {
        let passage = Passage(sizeBytes: Self.sizeBytes)
        let server = try HTTPListener { _ in .accept(Arrival(passage)) }
        defer { server.stop() }
        let length = isLengthKnown ? UInt64(passage.sizeBytes) : nil
        let response = try HTTPSession().collect(
            HTTPClientRequest(
                method: "PUT", url: "http://127.0.0.1:\(server.port)/",
                body: .stream(lengthBytes: length) { passage.next($0) })
        ).response
        #expect(response.status == 204)
        #expect(passage.isWhole)
        #expect(passage.peakHeldBytes < Self.allowanceBytes)
    }

    @Test(arguments: [true, false])
    func `a large response body is streamed in constant memory`(isLengthKnown: Bool) throws {
        let passage = Passage(sizeBytes: Self.sizeBytes)
        let length = isLengthKnown ? UInt64(passage.sizeBytes) : nil
        let server = try HTTPListener { _ in
            .respond(HTTPResponse(status: 200, body: .stream(lengthBytes: length) { passage.next($0) }))
        }
        defer { server.stop() }
        let request = HTTPClientRequest(method: "GET", url: "http://127.0.0.1:\(server.port)/")
        let response = try HTTPSession().send(request) { passage.receive($0) }
        #expect(passage.isWhole)
        #expect(passage.peakHeldBytes < Self.allowanceBytes)
        #expect(response.bytesReceived > UInt64(passage.sizeBytes))
    }

    @Test func `a large response that is given as one buffer arrives whole`() throws {
        let passage = Passage(sizeBytes: 3_000_000)
        let server = try HTTPListener { _ in
            .respond(HTTPResponse(status: 200, body: .bytes(passage.next(.max))))
        }
        defer { server.stop() }
        let request = HTTPClientRequest(method: "GET", url: "http://127.0.0.1:\(server.port)/")
        _ = try HTTPSession().send(request) { passage.receive($0) }
        #expect(passage.isWhole)
    }

    @Test(arguments: [UInt64(50_000_000), nil])
    func `a refused body gets its answer, whatever the body's size`(length: UInt64?) throws {
        var configuration = HTTPListener.Configuration()
        configuration.maximumBodyBytes = 1_000_000
        let server = try HTTPListener(configuration: configuration) { _ in
            .accept(Arrival(Passage(sizeBytes: 0)))
        }
        defer { server.stop() }
        for _ in 0..<20 {
            let passage = Passage(sizeBytes: Self.sizeBytes)
            let response = try HTTPSession().collect(
                HTTPClientRequest(
                    method: "PUT", url: "http://127.0.0.1:\(server.port)/",
                    body: .stream(lengthBytes: length) { passage.next($0) })
            ).response
            #expect(response.status == 413)
            #expect(passage.peakHeldBytes < Self.sizeBytes)
        }
    }
}
