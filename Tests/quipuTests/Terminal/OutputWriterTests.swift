import Glibc
import Testing

@testable import quipu

@Suite struct `Output is buffered and written` {
    @Test func `output arrives whole and in order in any portions`() throws {
        let pipe = Pipe()
        // What is under way is bounded, so the writer has to wait for the reader in between.
        let reader = Reader(descriptor: pipe.readEnd)
        let output = OutputWriter(descriptor: pipe.writeEnd, flushesLines: false)
        var expected = ""
        for number in 0..<50_000 {
            output.writeLine("line \(number)")
            expected += "line \(number)\n"
        }
        try output.finish()
        close(pipe.writeEnd)
        #expect(reader.text() == expected)
    }

    @Test func `output stays in the buffer until it is flushed, unless lines are flushed at once`() {
        let pipe = Pipe()
        let patient = OutputWriter(descriptor: pipe.writeEnd, flushesLines: false)
        patient.writeLine("later")
        #expect(pipe.waitingBytes == 0)
        patient.flush()
        #expect(pipe.waitingBytes == 6)
        OutputWriter(descriptor: pipe.writeEnd, flushesLines: true).writeLine("now")
        #expect(pipe.waitingBytes == 10)
        close(pipe.writeEnd)
        close(pipe.readEnd)
    }

    @Test func `output ends quietly when its reader is gone`() throws {
        let pipe = Pipe()
        close(pipe.readEnd)
        let output = OutputWriter(descriptor: pipe.writeEnd, flushesLines: false)
        #expect(!output.isReaderGone)
        output.write("x")
        output.flush()
        #expect(output.isReaderGone)
        output.write("y")
        try output.finish()
        close(pipe.writeEnd)
    }

    @Test func `a write to a full disk is reported at the end`() {
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        let output = OutputWriter(descriptor: full, flushesLines: false)
        output.write("x")
        output.flush()
        output.write("y")
        let refused = #expect(throws: OutputError.self) { try output.finish() }
        #expect(refused?.number == ENOSPC)
        #expect(!output.isReaderGone)
        close(full)
    }
}

private struct Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init() {
        var ends: [Int32] = [0, 0]
        // Sockets can be made so that no process started meanwhile keeps an end open, in one call.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        precondition(socketpair(AF_UNIX, kind, 0, &ends) == 0, "no pair of sockets to be had")
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    var waitingBytes: Int {
        var count: Int32 = 0
        return ioctl(readEnd, UInt(FIONREAD), &count) == 0 ? Int(count) : -1
    }
}

/// Reads to the end on a thread of its own.
private final class Reader: @unchecked Sendable {
    // `bytes` belongs to the thread until `pthread_join` returns, then to the thread that called it.
    private var bytes: [UInt8] = []
    private let descriptor: Int32
    private var thread = pthread_t()

    init(descriptor: Int32) {
        self.descriptor = descriptor
        pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Reader>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
    }

    func text() -> String {
        pthread_join(thread, nil)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func run() {
        var piece = [UInt8](repeating: 0, count: 1_000)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count <= 0 { break }
            bytes += piece[..<count]
        }
        close(descriptor)
    }
}
