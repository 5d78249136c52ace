import QuipuCausality
import QuipuSQLite
import QuipuStorage
import Support
import Testing

@Suite struct RefusalListTests {
    private func transaction(_ origin: UInt128, _ json: String) -> Transaction {
        Transaction(
            name: TransactionName(origin: Origin(rawValue: origin), sequence: 1),
            stamp: Stamp(milliseconds: FakeWorld.startMilliseconds), author: "guest", isByProgram: false,
            records: [
                RecordChanges(
                    id: RecordID(rawValue: 1), kind: "article",
                    fields: [FieldChange(field: "title", value: .text(Array(json.utf8)))])
            ])
    }

    @Test func `a refused transaction is listed with its reason until it arrives well-formed`() throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(
            in: folder.path(of: "a"), name: "test", environment: FakeWorld().environment())
        let outcome = try store.apply([transaction(1, "01"), transaction(2, "\"sound\"")])
        #expect(outcome.appliedCount == 1)
        let listed = try store.log.refusals()
        #expect(listed.map(\.name) == [transaction(1, "").name])
        #expect(listed[0].reason.contains("not canonical JSON"))
        #expect(listed[0].noticedAtMilliseconds == FakeWorld.startMilliseconds)

        _ = try store.apply([transaction(1, "\"sound\"")])
        #expect(try store.log.refusals() == [])
        // Another refusal sweeps out what has come since.
        _ = try store.apply([transaction(3, "01")])
        #expect(try store.log.refusals().map(\.name.origin) == [Origin(rawValue: 3)])
    }

    @Test func `a peer that invents origins without end does not fill the list`() throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(
            in: folder.path(of: "a"), name: "test", environment: FakeWorld().environment())
        _ = try store.apply((1...400).map { transaction($0, "01") })
        #expect(try store.log.refusals().count == 256)
    }

    @Test func `a listed refusal is removed when a branch renames its transaction`() throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(
            in: folder.path(of: "a"), name: "test", environment: FakeWorld().environment())
        _ = try store.apply([transaction(1, "01")])
        #expect(try store.log.refusals().count == 1)
        try store.log.join(branchStarts: [ChainHash(high: 1, low: 1)])
        #expect(try store.log.refusals() == [])
    }

    @Test func `a stored edit is not reported as failed when its local note cannot be written`()
        throws
    {
        let folder = try TemporaryFolder()
        let store = try Store.create(
            in: folder.path(of: "a"), name: "test", environment: FakeWorld().environment())
        func edit(_ json: String) throws {
            _ = try store.edit(
                [
                    Edit(
                        id: RecordID(rawValue: 1), kind: "article",
                        changes: [.init(field: "title", json: Array(json.utf8))])
                ], author: "ana")
        }
        try edit("\"one\"")
        let other = try Connection(path: store.folder.localPath, options: .init(mode: .readWrite))
        try other.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON replica BEGIN SELECT RAISE(FAIL, 'the disk is full'); END")
        try edit("\"two\"")
        try other.execute("DROP TRIGGER full")
        try edit("\"three\"")
        #expect(try store.position == 3)
        #expect(try store.log.vector().count == 2)
        #expect(try store.verify().damaged == [])
    }
}
