import Testing

@testable import Support

struct FolderChangesTests {
    @Test
    func `the writes of a program are counted while it runs`() throws {
        let folder = try TemporaryFolder()
        let changes = try FolderChanges(in: folder.path)
        let script = "for i in 1 2 3 4 5 6; do echo $i >file$i; done; exec tail -f /dev/null"
        let program = try ChildProgram(
            ["sh", "-c", script], in: folder.path, environment: QuipuProcess.environment())
        // Made and written, six times.
        #expect(try changes.wait(for: 12, of: program))
        #expect(!program.hasEnded)
        program.kill()
        #expect(try program.finish().wasKilled)
    }

    @Test
    func `waiting ends when the program ends before the count`() throws {
        let folder = try TemporaryFolder()
        let changes = try FolderChanges(in: folder.path)
        let program = try ChildProgram(
            ["sh", "-c", "echo 1 >file"], in: folder.path, environment: QuipuProcess.environment())
        #expect(try !changes.wait(for: 100, of: program))
        _ = try program.finish()
        #expect(changes.count >= 1)
    }
}
