import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Folders whose names no archive may have.
    struct FolderNameTests {
        private let place: TemporaryFolder

        init() throws { place = try TemporaryFolder() }

        private func name(of folder: String) throws -> String {
            let made = try QuipuProcess.run(["init", folder, "--json"], in: place.path)
            #expect(made.exitCode == 0, "\(made)")
            return made.json["name"]?.string ?? ""
        }

        @Test func `different folders give different archive names in every script`() throws {
            let folders = [
                "新聞", "記事", "新聞 2026", "記事 2026", "Новости", "Статьи", "أخبار", "مقالات", "press 新聞",
                "press 記事",
                "🐟", "🐠", "!!!", "???", "press", "Köln", "Łódź", "Łódz",
            ]
            let names = try folders.map { try name(of: $0) }
            #expect(Set(names).count == folders.count, "\(names)")
            #expect(names.contains("koln") && names.contains("press"))
        }

        @Test func `a folder gives the same archive name on every machine and in either normal form`() throws
        {
            let first = try name(of: "one/é新聞")
            #expect(try name(of: "two/e\u{301}新聞") == first)
        }

        @Test func `serve names the folders that it skips`() throws {
            for folder in ["Press", "my press", "新聞", "ok"] { _ = try name(of: "root/" + folder) }
            try FileManager.default.createDirectory(
                atPath: place.path(of: "root/No Archive"), withIntermediateDirectories: true)
            let server = try ServedRoot(place.path(of: "root"))
            let said = try server.stop()
            for folder in ["Press", "my press", "新聞"] {
                #expect(said.errors.contains("'\(folder)'"), "\(said)")
            }
            #expect(!said.errors.contains("No Archive") && !said.errors.contains("'ok'"))
        }
    }
}
