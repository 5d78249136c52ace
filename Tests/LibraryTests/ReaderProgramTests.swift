import Foundation
import Quipu
import Testing

/// A program that embeds an archive, where no `quipu` is beside it.
@Suite struct ReaderProgramTests {
    private let folder: TemporaryFolder
    private let archive: Archive

    init() throws {
        folder = try TemporaryFolder()
        archive = try Archive.create(at: folder.path + "/press", named: "press", as: "Ana Ruiz")
    }

    private func file(_ name: String, _ text: String) throws -> String {
        let path = folder.path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test(arguments: ["/nonexistent/quipu", "/bin/true", "/bin/cat"])
    func `without a reader program, RIS files are refused, and Quipu's own text formats are read`(
        program: String
    ) throws {
        var options = ReadingOptions()
        options.readerProgram = program
        let ris = try file("refs.ris", "TY  - JOUR\nTI  - High water\nER  - \n")
        let error = #expect(throws: QuipuError.self) { try ImportSource(path: ris, options) }
        #expect(error?.code.rawValue == "no-reader-program")
        #expect(error?.message.contains("cannot be started") == true)
        // What is read without such a program.
        for (name, text) in [
            ("a.jsonl", #"{"title":"One"}"#), ("b.md", "# Two\n\nText.\n"),
            ("c.txt", "Three lines of a text.\n"),
        ] {
            let source = try ImportSource(path: try file(name, text), options)
            #expect(try archive.importItems(of: source).createdRecords == 1)
        }
        #expect(try archive.read { try $0.records(matching: "kind:article").total } == 3)
    }
}
