import Causality
import Storage
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

    @Test func `what is refused is listed with its reason, until it comes in good form`() throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(
            in: folder.path(of: "a"), name: "test", environment: FakeWorld().environment())
        let outcome = try store.apply([transaction(1, "01"), transaction(2, "\"sound\"")])
        #expect(outcome.appliedCount == 1)
        let listed = try store.refusals()
        #expect(listed.map(\.name) == [transaction(1, "").name])
        #expect(listed[0].reason.contains("not canonical JSON"))
        #expect(listed[0].noticedAtMilliseconds == FakeWorld.startMilliseconds)

        _ = try store.apply([transaction(1, "\"sound\"")])
        #expect(try store.refusals() == [])
        // Another refusal sweeps out what has come since.
        _ = try store.apply([transaction(3, "01")])
        #expect(try store.refusals().map(\.name.origin) == [Origin(rawValue: 3)])
    }

    @Test func `a peer that makes up origins without end does not fill the list`() throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(
            in: folder.path(of: "a"), name: "test", environment: FakeWorld().environment())
        _ = try store.apply((1...400).map { transaction($0, "01") })
        #expect(try store.refusals().count == 256)
    }
}
