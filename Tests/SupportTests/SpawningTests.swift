import Glibc
import Testing

@testable import Support

struct SpawningTests {
    /// A process that has many files open gives out numbers that a fixed place to move them to would collide with.
    @Test(arguments: [3, 60, 200, 900] as [Int32])
    func `a program's output and errors reach their pipes, whatever the descriptor numbers`(least: Int32)
        throws
    {
        var ends = try (0..<3).map { _ in try ReadingEnd.pipe() }
        defer { for end in ends { end.reader.close() } }
        // Its errors get the lowest number, its output the highest.
        var writers: [Int32] = [0, 0, 0]
        for index in [1, 2, 0] {
            writers[index] = fcntl(ends[index].writer, F_DUPFD_CLOEXEC, least)
            try #require(writers[index] >= least)
        }
        for end in ends { close(end.writer) }
        let script = "echo output; echo errors >&2; echo life >&3"
        let process = try Spawning.start(
            ["sh", "-c", script], in: "/", environment: QuipuProcess.environment(), input: "/dev/null",
            writers: writers)
        for writer in writers { close(writer) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let said = ends.indices.map { index in
            ends[index].reader.readOnce()
            return String(decoding: ends[index].reader.bytes, as: UTF8.self)
        }
        #expect(said == ["output\n", "errors\n", "life\n"])
    }
}
