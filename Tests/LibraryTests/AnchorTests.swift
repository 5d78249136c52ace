import Foundation
import Quipu
import Testing

/// What an annotation keeps of where its passage is, over the library alone.
@Suite struct AnchorTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let id: RecordID
    private let remark: RecordID

    private static let body =
        "The mill stood on the river since 1890. It employed forty workers and two clerks in the year of the fire. "
        + "Nobody knows who lit the lamp in the loft that night."

    init() throws {
        folder = try TemporaryFolder()
        let archive = try Archive.create(at: folder.path + "/press", named: "press", as: "Ana Ruiz")
        let id = try archive.write { t in
            try t.add(.article) {
                $0.title = "Water"
                $0.body = Self.body
            }
        }
        remark = try archive.write { t in
            try t.annotate(try t.find(id.handle), quote: "forty workers and two clerks") {
                $0.text = "Sixty."
            }
        }
        (self.archive, self.id) = (archive, id)
    }

    private func edit(_ change: (String) -> String) throws {
        try archive.write { t in
            try t.edit(id) { $0.body = change($0.body ?? "") }
        }
    }

    private func anchor() throws -> String? {
        try archive.read { try $0.record(remark)?.fields.json(of: "anchor") }.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func passage() throws -> Passage? {
        try archive.read { try $0.page(of: remark)?.passage }
    }

    private func orphans() throws -> Int {
        try archive.read { try $0.records(matching: "is:orphaned", limit: 10).total }
    }

    @Test func `an edit elsewhere writes nothing into an annotation`() throws {
        let version = try archive.read { try $0.record(remark)?.version }
        try edit { "Once upon a time. " + $0 }
        #expect(try anchor() == nil)
        #expect(try archive.read { try $0.record(remark)?.version } == version)
        guard case .moved? = try passage() else {
            Issue.record("\(String(describing: try passage()))")
            return
        }
    }

    @Test
    func `an edit of a passage stores how well it is found, that it is lost, and that it is found again`()
        throws
    {
        try edit { $0.replacing("forty workers and two clerks", with: "fourty workers and two clercs") }
        #expect(try anchor()?.hasPrefix(#"{"method":"fuzzy","score":0.9"#) == true)
        guard case .changed(let range)? = try passage() else {
            Issue.record("\(String(describing: try passage()))")
            return
        }
        let text = try #require(try archive.read { try $0.record(id)?.fields.body })
        #expect(String(Array(text)[range]) == "fourty workers and two clercs")
        #expect(try orphans() == 0)

        try edit { _ in "Another text, about wells and their depth, that says nothing of it." }
        let lost = try #require(try anchor())
        #expect(lost.hasPrefix(#"{"lostAt":""#))
        #expect(try passage() == .lost)
        #expect(try orphans() == 1)

        // It stays lost at the text at which it was.
        try edit { _ in "A third text, which is again about something else than what was quoted." }
        #expect(try anchor() == lost)

        try edit { _ in Self.body }
        #expect(try anchor() == #"{"method":"exact","score":1}"#)
        #expect(try orphans() == 0)
    }

    @Test func `reading writes nothing`() throws {
        try edit { _ in "Another text, about wells and their depth, that says nothing of it." }
        func versions() throws -> [String] {
            try archive.read { snapshot in
                try [id, remark].map { try snapshot.record($0).map { "\($0.version)" } ?? "" }
            }
        }
        let before = try versions()
        _ = try passage()
        _ = try orphans()
        #expect(try versions() == before)
    }
}
