import Foundation
import Testing

/// The scripts in Tools, as somebody calls them who does not know them.
@Suite struct ToolHelpTests {
    private static let tools = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Tools")

    private func run(_ tool: String, _ option: String) throws -> (code: Int32, output: String, errors: String)
    {
        let (process, output, errors) = (Process(), Pipe(), Pipe())
        process.executableURL = Self.tools.appendingPathComponent(tool)
        process.arguments = [option]
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complained = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, said, complained)
    }

    @Test(arguments: ["bench", "browse", "demo", "docs", "install", "lint", "package", "setup"])
    func `a tool that is asked for help prints it and does nothing else`(tool: String) throws {
        let help = try run(tool, "--help")
        #expect(help.code == 0 && help.output.contains("Tools/\(tool)"), "\(help)")
        #expect(help.errors.isEmpty && !help.output.contains("set -euo"))
    }

    @Test(arguments: ["browse", "demo", "docs", "install", "lint", "package", "setup"])
    func `a tool refuses an option that it does not know`(tool: String) throws {
        let refusal = try run(tool, "--no-such-option")
        #expect(refusal.code == 2 && refusal.errors.contains("usage: Tools/\(tool)"), "\(refusal)")
        #expect(!FileManager.default.fileExists(atPath: "--no-such-option"))
    }
}
