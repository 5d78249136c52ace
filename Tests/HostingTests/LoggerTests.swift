import Foundation
import QuipuCanonicalJSON
import QuipuHosting
import Support
import Testing

@Suite struct LoggerTests {
    private let place: TemporaryFolder

    init() throws { place = try TemporaryFolder() }

    private func lines(_ format: LogFormat, _ body: (Logger) -> Void) throws -> [String] {
        let path = place.path(of: "log")
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let made = Logger(
            descriptor: descriptor, ownsDescriptor: true, format: format,
            nowMilliseconds: { 1_795_655_838_042 })
        let logger = try #require(made)
        body(logger)
        logger.finish(timeoutMilliseconds: 60_000)
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test func `a line of text has its time, level, message and metadata in order`() throws {
        let lines = try lines(.text) {
            $0.log(
                .info, "request",
                [("id", .text("a-1")), ("status", .integer(200)), ("milliseconds", .nanoseconds(1_234_567))])
            $0.log(.warning, "the disk is full")
        }
        #expect(
            lines == [
                "2026-11-26T01:17:18.042Z info request id=a-1 status=200 milliseconds=1.234",
                "2026-11-26T01:17:18.042Z warning the disk is full",
            ])
    }

    @Test func `a JSON line is one object with time, level, message and metadata`() throws {
        let line = try #require(
            try lines(.json) {
                $0.log(.info, "request", [("id", .text("a \"b\"")), ("milliseconds", .nanoseconds(5_000))])
            }.first)
        #expect(
            line == #"{"time":"2026-11-26T01:17:18.042Z","level":"info","message":"request","#
                + #""id":"a \"b\"","milliseconds":0.005}"#)
        #expect((try? JSONParser().parse(line))?["milliseconds"]?.number == 0.005)
    }

    @Test(arguments: LogFormat.allCases)
    func `any content is logged as one line without control characters`(format: LogFormat) throws {
        let nasty = "a\nb\r\u{1b}[31m\u{2028}c=d \"e\" \u{0}"
        let lines = try lines(format) { $0.log(.error, nasty, [("name", .text(nasty))]) }
        #expect(lines.count == 1)
        #expect(!lines[0].unicodeScalars.contains { $0.value < 32 })
    }

    @Test func `a reader that does not read delays nobody and is told what was dropped`() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let made = Logger(descriptor: ends[1], ownsDescriptor: true, format: .text, nowMilliseconds: { 0 })
        let logger = try #require(made)
        let line = String(repeating: "x", count: 1_000)
        var logged = 0
        while logger.droppedCount < 10 {
            logger.log(.info, line)
            logged += 1
        }
        // What matters more finds room even now.
        logger.log(.error, "the archive is damaged")
        let dropped = logger.droppedCount

        let reader = ends[0]
        let observed = Task.detached { () -> String in
            var bytes: [UInt8] = []
            var block = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = read(reader, &block, block.count)
                if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
                bytes += block[..<count]
                if String(decoding: bytes.suffix(200), as: UTF8.self).contains("dropped") {
                    return String(decoding: bytes, as: UTF8.self)
                }
            }
        }
        let text = await observed.value
        logger.finish(timeoutMilliseconds: 60_000)
        #expect(text.contains("error the archive is damaged\n"))
        #expect(text.hasSuffix("warning lines of this log were dropped count=\(dropped)\n"))
        #expect(text.split(separator: "\n").count { $0.hasSuffix("x") } == logged - Int(dropped))
    }

    @Test func `closing a logger does not wait for a reader that does not read`() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let made = Logger(descriptor: ends[1], ownsDescriptor: true, format: .text, nowMilliseconds: { 0 })
        let logger = try #require(made)
        for _ in 0..<200 { logger.log(.info, String(repeating: "x", count: 1_000)) }
        logger.finish(timeoutMilliseconds: 20)
        #expect(fcntl(ends[0], F_GETFD) >= 0)
    }
}
