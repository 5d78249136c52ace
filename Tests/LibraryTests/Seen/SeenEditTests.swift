import Quipu
import Testing

/// Edits of somebody who has seen an earlier state of a record.
@Suite struct SeenEditTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let id: RecordID

    init() throws {
        (folder, archive, id) = try TemporaryFolder.press {
            $0.title = "Water"
            $0.body = "Text"
        }
    }

    private var record: Record { get throws { try #require(try archive.read { try $0.record(id) }) } }
    private var tag: RecordTag { get throws { try archive.read { try $0.tag(of: try $0.find(id.uuid)) } } }

    private func edit(
        _ title: String, seen: SeenState, keepingBoth: Bool = false
    ) throws -> SeenEdit {
        try archive.write { try $0.edit(id, seen: seen, keepingBoth: keepingBoth) { $0.title = title } }
    }

    private func titles() throws -> Set<String> {
        try archive.read { snapshot in
            let story = try snapshot.story(of: id, field: "title")
            return Set(story.versions.filter { $0.replacedBy == nil }.compactMap { $0.value?.string })
        }
    }

    @Test func `a tag stays the same until the record changes, and reads back as it is written`() throws {
        let first = try tag
        _ = try archive.write { try $0.add(.article) { $0.title = "Other" } }
        #expect(try tag == first)
        #expect(RecordTag(first.description) == first)
        try archive.write { t in try t.edit(id) { $0.title = "High water" } }
        #expect(try tag != first)
        for text in [
            "", "1", "1-", "-1-0", "01-\(String(repeating: "0", count: 32))",
            "1-\(String(repeating: "A", count: 32))",
        ] {
            #expect(RecordTag(text) == nil, "\(text)")
        }
    }

    @Test func `an edit of the present state is an ordinary edit`() throws {
        #expect(try edit("High water", seen: .tag(tag)) == .current)
        #expect(try titles() == ["High water"])
    }

    @Test func `an edit of an old state is refused, and nothing is written`() throws {
        let seen = try tag
        try archive.write { t in try t.edit(id) { $0.title = "High water" } }
        let position = try archive.position()
        let error = #expect(throws: QuipuError.self) { try edit("Low water", seen: .tag(seen)) }
        #expect(error?.code == .changedMeanwhile)
        #expect(try archive.position() == position)
    }

    @Test func `both edits of one state are kept as a conflict, even if one replica wrote both`() throws {
        let seen = try tag
        try archive.write { t in try t.edit(id) { $0.title = "High water" } }
        #expect(try edit("Low water", seen: .tag(seen), keepingBoth: true) == .keptBoth)
        #expect(try titles() == ["High water", "Low water"])
        #expect(try record.isInConflict)
        // A third does not replace the others either.
        #expect(try edit("No water", seen: .tag(seen), keepingBoth: true) == .keptBoth)
        #expect(try titles() == ["High water", "Low water", "No water"])
        #expect(try archive.verify().damages.isEmpty)
    }

    @Test func `an edit of a field that nobody has changed since is no conflict`() throws {
        let seen = try tag
        try archive.write { t in try t.edit(id) { $0.body = "Longer text" } }
        #expect(try edit("Low water", seen: .tag(seen), keepingBoth: true) == .keptBoth)
        #expect(try titles() == ["Low water"])
        #expect(try !record.isInConflict)
    }

    @Test func `a repeated edit writes nothing, even after its conflict was settled`() throws {
        let seen = try tag
        try archive.write { t in try t.edit(id) { $0.title = "High water" } }
        _ = try edit("Low water", seen: .tag(seen), keepingBoth: true)
        try archive.write { t in try t.edit(id) { $0.title = "Settled" } }
        let position = try archive.position()
        #expect(try edit("Low water", seen: .tag(seen), keepingBoth: true) == .repeated)
        #expect(try edit("Low water", seen: .tag(seen)) == .repeated)
        #expect(try archive.position() == position)
        #expect(try titles() == ["Settled"])
    }

    @Test func `an edit of a record that was deleted since is in conflict with the deletion`() throws {
        let seen = try tag
        try archive.write { try $0.delete(id) }
        #expect(throws: QuipuError.self) { try edit("Low water", seen: .tag(seen)) }
        #expect(try edit("Low water", seen: .tag(seen), keepingBoth: true) == .keptBoth)
        let conflicts = try archive.read { try $0.conflicts(of: id) }
        #expect(conflicts.contains { $0.isDeletion })
    }

    @Test func `an edit of a record that was purged since is kept beside the purge`() throws {
        let seen = try tag
        try archive.write { try $0.delete(id) }
        _ = try archive.purge(id)
        #expect(try edit("Low water", seen: .tag(seen), keepingBoth: true) == .keptBoth)
        #expect(try titles().contains("Low water"))
    }

    @Test func `a state that this mirror does not know is refused unless its versions are named and held`()
        throws
    {
        let versions = try archive.read { try $0.versions(of: try $0.find(id.uuid)) }
        let other = try #require(RecordTag("1-" + String(repeating: "0", count: 32)))
        let later = try #require(RecordTag("900-" + String(repeating: "0", count: 32)))
        for unknown in [other, later] {
            #expect(throws: QuipuError.self) { try edit("x", seen: .tag(unknown), keepingBoth: true) }
        }
        try archive.write { t in try t.edit(id) { $0.title = "High water" } }
        let foreign = try #require(Version(String(repeating: "0", count: 32) + ":1"))
        for wrong in [
            [:], ["title": [foreign]], ["title": (versions["title"] ?? []) + [foreign]],
            ["body": versions["body"] ?? []],
        ] {
            #expect(throws: QuipuError.self, "\(wrong)") {
                try edit("x", seen: .versions(later, wrong), keepingBoth: true)
            }
        }
        #expect(try titles() == ["High water"])
        #expect(try edit("x", seen: .versions(later, versions), keepingBoth: true) == .keptBoth)
        #expect(try titles() == ["High water", "x"])
    }

    @Test(arguments: [false, true])
    func `in one transaction each field replaces what the author of its edit has seen`(isPresentFirst: Bool)
        throws
    {
        let (seen, id) = (try tag, id)
        try archive.write { t in
            try t.edit(id) {
                $0.title = "High water"
                $0.body = "Longer text"
            }
        }
        try archive.write { t in
            if isPresentFirst { try t.edit(id) { $0.body = "Last text" } }
            _ = try t.edit(id, seen: .tag(seen), keepingBoth: true) { $0.title = "Low water" }
            if !isPresentFirst { try t.edit(id) { $0.body = "Last text" } }
        }
        #expect(try titles() == ["High water", "Low water"])
        #expect(try archive.read { try $0.conflicts(of: id).map(\.field) } == ["title"])
        #expect(try record.fields["body"] == "Last text")
    }

    @Test func `a deletion in conflict is settled with an edit that the conflict has, and with no other`()
        throws
    {
        let (seen, id) = (try tag, id)
        try archive.write { try $0.delete(id) }
        _ = try edit("Low water", seen: .tag(seen), keepingBoth: true)
        let conflict = try #require(try archive.read { try $0.conflicts(of: id).first { $0.isDeletion } })
        let position = try archive.position()
        for index in [-1, conflict.others.count, .max] {
            let error = #expect(throws: QuipuError.self) {
                try archive.write { try $0.resolve(conflict, with: .other(index)) }
            }
            #expect(error?.code == .wrongType, "\(index)")
        }
        #expect(try archive.position() == position)
        try archive.write { try $0.resolve(conflict, with: .other(0)) }
        #expect(try record.isDeleted == false)
        #expect(try titles() == ["Low water"])
    }
}
