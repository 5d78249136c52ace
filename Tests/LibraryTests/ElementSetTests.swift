import Foundation
import Quipu
import Testing

/// Sets of a record's fields, as a client changes them.
@Suite struct ElementSetTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let id: RecordID

    init() throws {
        (folder, archive, id) = try TemporaryFolder.press {
            $0.title = "Water"
            $0.tags = ["draft", "river"]
        }
    }

    private func tags(after edit: @escaping (inout Fields) throws -> Void) throws -> ElementSet<String>? {
        try archive.write { t in try t.edit(id) { try edit(&$0) } }
        return try archive.read { try $0.record(id)?.fields.tags }
    }

    /// Of the processor, in the closure alone.
    private func nanosecondsToInsert(_ count: Int) throws -> UInt64 {
        struct Enough: Error {}
        var spent: UInt64 = 0
        #expect(throws: Enough.self) {
            try archive.write { t in
                try t.add(.article) { fields in
                    let start = nanoseconds(CLOCK_THREAD_CPUTIME_ID)
                    for number in 0..<count { fields.tags.insert("tag \(number)") }
                    spent = nanoseconds(CLOCK_THREAD_CPUTIME_ID) - start
                    #expect(fields.tags.count == count)
                    throw Enough()
                }
            }
        }
        return spent
    }

    private func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }

    /// With squares it would be 64 times as much.
    @Test func `eight times as many tags are inserted in about eight times the work`() throws {
        _ = try nanosecondsToInsert(500)
        let ratios = try (0..<3).map { _ in
            Double(try nanosecondsToInsert(4_000)) / Double(try nanosecondsToInsert(500))
        }
        #expect(ratios.min() ?? 0 < 24, "\(ratios)")
    }

    @Test func `elements that are inserted and removed one by one are as if the set had been assigned`()
        throws
    {
        let kept = try tags {
            $0.tags.insert("flood")
            $0.tags.remove("draft")
            $0.tags.remove("never there")
            #expect($0.tags == ["river", "flood"])
        }
        #expect(kept == ["river", "flood"])
        // What was never there has no version.
        #expect(try archive.read { try $0.record(id)?.fields["tags/never there"] } == nil)
        let mixed = try tags {
            $0["tags/stone"] = true
            $0.tags.insert("mill")
            $0["tags/river"] = false
            $0.tags.remove("flood")
            #expect($0.tags == ["stone", "mill"])
        }
        #expect(mixed == ["stone", "mill"])
    }

    @Test
    func `a set that takes the place of another one in the middle of an edit replaces all its elements`()
        throws
    {
        func replace(_ set: inout ElementSet<String>) { set = ["weir"] }
        let kept = try tags {
            $0.tags.insert("flood")
            let kept = $0.tags
            replace(&$0.tags)
            #expect($0.tags == ["weir"])
            $0.tags = kept
            replace(&$0.tags)
            $0.tags.insert("sluice")
        }
        #expect(kept == ["weir", "sluice"])
        #expect(try tags { $0.tags.insert("caf\u{65}\u{301}") } == ["weir", "sluice", "caf\u{E9}"])
    }
}
