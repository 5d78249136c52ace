import Foundation
import Testing

@testable import quipu

@Suite struct CountedTests {
    @Test func `a noun and its verb agree with their count`() {
        #expect(counted(1, "record") == "1 record")
        #expect(counted(0, "record") == "0 records")
        #expect(counted(2, "entry") == "2 entries")
        #expect(counted(2, "key") == "2 keys")
        #expect(counted(2, "box") == "2 boxes")
        #expect(countedAre(1, "text") == "1 text is")
        #expect(countedAre(3, "text") == "3 texts are")
    }

    @Test func `no message writes its own verb after a count`() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../../Sources").standardized
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        let wrong =
            #/(counted\([^"]*"[a-z ]+"\)\)|\\\([A-Za-z.]*[cC]ount\) [a-z ]*s) (is|are|was|were|has|have|stay|stays) /#
        var looked = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            looked += 1
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                // A message for one beside that for several.
                if line.contains("? \"1 ") { continue }
                #expect(line.firstMatch(of: wrong) == nil, "\(file.lastPathComponent): \(line)")
            }
        }
        #expect(looked > 100)
    }
}
