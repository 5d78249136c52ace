import Foundation
import Quipu
import Testing

/// The programs under `Sources/Examples`, as they were built with the tests.
@Suite struct ExampleTests {
    private func run(_ name: String, _ arguments: String...) throws -> String {
        // The tests stand beside what was built with them.
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = URL(fileURLWithPath: tests).deletingLastPathComponent()
        let process = Process()
        process.executableURL = folder.appendingPathComponent(name)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `the embedded server example reports what a colleague sent`() throws {
        let folder = try TemporaryFolder()
        #expect(
            try run("quipu-embedded-server", folder.path)
                == "sent 1 change, in sync: true\nBen Okoye: High water\n")
    }

    @Test func `the reader example lists, searches and shows what the library wrote`() throws {
        let folder = try TemporaryFolder()
        let archive = try Archive.create(at: folder.path, named: "press", as: "Ana Ruiz")
        let id = try archive.write { t in
            try t.add(.article) {
                $0.title = "High water"
                $0.body = "The river came at night."
                $0.tags.insert("river")
            }
        }
        #expect(
            try run("quipu-reader", folder.path)
                == "\(id.handle)  High water #river\n1 of 1 articles in press\n")
        #expect(try run("quipu-reader", folder.path, "night").contains("came at [night]"))
        #expect(try run("quipu-reader", folder.path, "nowhere") == "nothing contains nowhere\n")
        #expect(try run("quipu-reader", folder.path, "=\(id.handle)").contains("The river came at night."))
        #expect(try run("quipu-reader", folder.path + "/none").hasPrefix("no-archive: "))
    }
}
