import Foundation
import Glibc
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// An import of another program's file that is stopped in the middle.
    struct InterruptedImportTests {
        private static let count = 7_000

        private static func ris() -> String {
            (0..<count).map { number in
                "TY  - JOUR\nTI  - Title \(number)\nAU  - Quispe, Ana\nPY  - 2020\nUR  - https://press.example/\(number)\n"
                    + "KW  - water\nKW  - tag \(number % 50)\nAB  - What number \(number) is about.\nER  - \n"
            }.joined(separator: "\n")
        }

        private static func zotero() -> String {
            let items = (0..<count).map { number in
                let key = "K" + String(1_000_000 + number)
                return
                    #"{"key":"\#(key)","version":1,"library":{"type":"group","id":7},"data":{"key":"\#(key)","version":1,"itemType":"journalArticle","title":"Title \#(number)","url":"https://press.example/\#(number)","date":"2020","tags":[{"tag":"water"}]}}"#
            }
            return "[" + items.joined(separator: ",\n") + "]"
        }

        @Test(arguments: ["ris", "zotero"])
        func `an import that is interrupted or killed is continued to the same content`(format: String) throws
        {
            let place = try TemporaryFolder()
            let file = try place.write(format == "ris" ? Self.ris() : Self.zotero(), to: "library." + format)
            // Mirrors of one archive, in which the same records have the same ids.
            let office = try Machine("office", in: place)
            try office.quipu("init", "--name", "press")
            let measured = try Machine("measured", in: place)
            try measured.quipu("clone", office.folder, ".")
            let whole = try FolderChanges(in: measured.archiveFolder)
            let report = try measured.json("import", file)
            #expect(report["created"]?.integer == Self.count && report["rejected"]?.integer == 0)
            let writes = whole.count
            let digest = try measured.contentDigest
            for (number, signal) in [SIGINT, SIGKILL, SIGTERM].enumerated() {
                let ana = try Machine("ana\(number)", in: place)
                try ana.quipu("clone", office.folder, ".")
                let changes = try FolderChanges(in: ana.archiveFolder)
                let program = try ana.start("import", file)
                // After a quarter, a half, three quarters of the work.
                if try changes.wait(for: max(1, writes * (number + 1) / 4), of: program) {
                    program.send(signal)
                }
                _ = try program.finish()
                let kept = try ana.articleCount
                #expect(kept <= Self.count)
                let report = try ana.json("import", file)
                #expect(report["unchanged"]?.integer == kept, "\(report)")
                #expect(report["created"]?.integer == Self.count - kept)
                #expect(try ana.contentDigest == digest)
                try ana.expectUndamaged()
            }
        }
    }
}
