import Foundation
import Support
import Testing

@testable import Quipu

/// Drawn codes, as libqrencode makes them; skipped where it is not installed.
@Suite(.enabled(if: QRCode("QUIPU") != nil, "libqrencode is not installed"))
struct QRCodeTests {
    private static let text = "QUIPU:192.168.143.217:18420/9WW7YK3PYA51W"

    @Test func `the longest text fits a code of 29 squares a side`() throws {
        let code = try #require(QRCode(Self.text))
        #expect(code.size == 29)
        // The mark in the corner, and the ground outside.
        #expect((0..<7).allSatisfy { code.isDark(row: 0, column: $0) } && !code.isDark(row: 1, column: 1))
        #expect(!code.isDark(row: -1, column: 0) && !code.isDark(row: 0, column: 29))
    }

    private static let hasScanner = FileManager.default.isExecutableFile(atPath: "/usr/bin/zbarimg")

    @Test(.enabled(if: hasScanner, "zbarimg (zbar-tools) is not installed"))
    func `zbarimg reads the text back`() throws {
        let code = try #require(QRCode(Self.text))
        let (margin, scale) = (4, 4)
        let side = (code.size + 2 * margin) * scale
        let rows = (0..<side).map { row in
            (0..<side).map { column in
                code.isDark(row: row / scale - margin, column: column / scale - margin) ? "1" : "0"
            }.joined(separator: " ")
        }
        let folder = try TemporaryFolder()
        let path = folder.path + "/code.pbm"
        try Data("P1\n\(side) \(side)\n\(rows.joined(separator: "\n"))\n".utf8).write(
            to: URL(fileURLWithPath: path))
        let read = try ChildProgram(
            ["zbarimg", "--quiet", "--raw", path], in: folder.path, environment: QuipuProcess.environment()
        ).finish()
        #expect(read.output == Self.text + "\n", "\(read.errors)")
    }
}
