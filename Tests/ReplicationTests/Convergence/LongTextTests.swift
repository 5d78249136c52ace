import QuipuCBOR
import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Texts that travel by their hash, after the transactions that gave them.
@Suite struct LongTextTests {
    @Test func `a long text that two records share reaches both replicas`() throws {
        let group = try Replicas(2)
        let body = longText(100_000)
        try group.add([("title", "\"A\""), ("body", body)], id: 1, at: 0)
        try group.add([("title", "\"B\""), ("body", body)], id: 2, at: 1)
        #expect(try group.sync(0, 1).0.inSync)
        for store in group.stores { #expect(try store.texts.missingCount == 0) }
    }

    @Test func `an empty part does not replace the first part of a text`() throws {
        let group = try Replicas(2)
        let body = longText(600_000)
        try group.add([("body", body)], id: 1, at: 0)
        try group.passTransactions(from: 0, to: 1)
        let hash = ValueHash(of: Array(body.utf8))
        #expect(try !group[1].texts.addPart([], of: hash, at: 0, totalBytes: body.utf8.count))
        let link = BoundedLink(try group.link(to: 0), messages: 20)
        #expect(try Synchronizer(group[1], over: link).run(agreement: nil).0.inSync)
        #expect(try group[1].texts.text(of: hash) == Array(body.utf8))
    }

    @Test(arguments: [0, 1])
    func `texts that nobody has do not block a text that a peer has`(caller: Int) throws {
        let group = try Replicas(2)
        let body = longText(100_000)
        try group.add([("body", body)], id: 1, at: 0)
        let records = (0..<200).map { number in
            RecordChanges(
                id: RecordID(rawValue: 1_000 + UInt128(number)), kind: "article",
                fields: [
                    FieldChange(field: "body", value: .hash(ValueHash(high: UInt128(number), low: 7)))
                ])
        }
        for store in group.stores { _ = try store.apply([transaction(records)]) }
        for _ in 0..<20 {
            let link = BoundedLink(try group.link(to: 1 - caller), messages: 20)
            #expect(try !Synchronizer(group[caller], over: link).run(agreement: nil).0.inSync)
        }
        #expect(try group[1].texts.text(of: ValueHash(of: Array(body.utf8))) != nil)
    }

    @Test func `a text that arrives after its record was indexed is found by search`() throws {
        let group = try Replicas(2)
        let body = "\"" + String(repeating: "river water ", count: 10_000) + "zanzibar\""
        try group.add([("title", "\"A\""), ("body", body)], id: 1, at: 0)
        try group.passTransactions(from: 0, to: 1)
        var isFresh = true
        #expect(try group[1].search("zanzibar", isIndexFresh: &isFresh).isEmpty)
        #expect(try group.sync(1, 0).0.inSync)
        #expect(try group[1].search("zanzibar", isIndexFresh: &isFresh).count == 1)
    }

    @Test func `an article whose text arrived late is recognised by the next import`() throws {
        let group = try Replicas(2)
        let body = "\"" + String(repeating: "river water ", count: 10_000) + "\""
        let article = ImportItem(kind: "article", fields: [("body", Array(body.utf8))])
        _ = try group[0].importBatch([article], author: "ana")
        try group.passTransactions(from: 0, to: 1)
        let note = ImportItem(kind: "note", fields: [("text", Array("\"n\"".utf8))])
        _ = try group[1].importBatch([note], author: "ben")
        #expect(try group.sync(1, 0).0.inSync)
        let effect = try group[1].importBatch([article], author: "ben").first
        guard case .unchanged = effect else {
            Issue.record("\(String(describing: effect))")
            return
        }
    }

    @Test func `a delete whose value arrived late is compared with the versions that it saw`() throws {
        let group = try Replicas(2)
        let yes = Array("true".utf8)
        func delete(_ value: Content) -> Transaction {
            transaction([
                RecordChanges(
                    id: RecordID(rawValue: 1), kind: "article",
                    fields: [
                        FieldChange(field: "deleted", value: value),
                        FieldChange(field: "title", value: .text(Array("\"A\"".utf8))),
                    ])
            ])
        }
        // Somebody who knew of no delete.
        let edit = Transaction(
            name: TransactionName(origin: Origin(rawValue: 77), sequence: 1), stamp: Stamp(milliseconds: 1),
            author: "ben", isByProgram: false,
            records: [
                RecordChanges(
                    id: RecordID(rawValue: 1), kind: "article",
                    fields: [FieldChange(field: "body", value: .text(Array("\"B\"".utf8)))])
            ])
        for store in group.stores { _ = try store.apply([edit]) }
        _ = try group[0].apply([delete(.hash(ValueHash(of: yes)))])
        _ = try group[1].apply([delete(.text(yes))])
        try group[0].texts.addPart(yes, of: ValueHash(of: yes), at: 0, totalBytes: yes.count)
        #expect(try ReplicaState(of: group[0]) == ReplicaState(of: group[1]))
        #expect(try group[0].openConflicts == 1)
    }

    @Test func `a text that does not match its hash is refused and not kept`() throws {
        let group = try Replicas(1)
        let hash = ValueHash(of: Array("\"wanted\"".utf8))
        _ = try group[0].apply([
            transaction([
                RecordChanges(
                    id: RecordID(rawValue: 1), kind: "article",
                    fields: [FieldChange(field: "title", value: .hash(hash))])
            ])
        ])
        let other = Array("\"other\"".utf8)
        let error = #expect(throws: StorageError.self) {
            try group[0].texts.addPart(other, of: hash, at: 0, totalBytes: other.count)
        }
        // Not damage: who runs the archive has nothing to look into.
        #expect(error?.code == .unsoundText)
        #expect(try group[0].texts.wanted(limit: 9).map(\.haveBytes) == [0])
    }

    @Test func `transactions that expand to more than one message are sent in several`() throws {
        let group = try Replicas(2)
        var later = CBORWriter()
        later.unsigned(100)
        later.byteString([UInt8](repeating: 0, count: 60_000))
        _ = try group[0].apply(
            (1...1_200).map { sequence in
                Transaction(
                    name: TransactionName(origin: Origin(rawValue: 42), sequence: sequence),
                    stamp: Stamp(milliseconds: FakeWorld.startMilliseconds), author: "guest",
                    isByProgram: false,
                    records: [], unknown: later.bytes)
            })
        #expect(try group.sync(1, 0).0.inSync)
        #expect(try group[1].position == 1_200)
    }

    private func longText(_ count: Int) -> String { "\"" + String(repeating: "a", count: count) + "\"" }

    private func transaction(_ records: [RecordChanges]) -> Transaction {
        Transaction(
            name: TransactionName(origin: Origin(rawValue: 42), sequence: 1),
            stamp: Stamp(milliseconds: FakeWorld.startMilliseconds), author: "guest", isByProgram: false,
            records: records)
    }
}

extension Replicas {
    func link(to index: Int) throws -> PathTransport {
        try PathTransport(path: self[index].folder.workPath, environment: world.environment())
    }

    /// Hands over the log without the texts that travel by themselves: a sync that was cut before these.
    func passTransactions(from: Int, to: Int) throws {
        var all: [Transaction] = []
        try self[from].log.forEachTransaction(after: 0) { transaction, _, _ in
            all.append(transaction)
            return true
        }
        _ = try self[to].apply(all)
    }
}

/// Fails an exchange that does not come to an end.
final class BoundedLink: Transport {
    private let link: any Transport
    private(set) var messagesLeft: Int
    var location: String { link.location }

    init(_ link: any Transport, messages: Int) {
        self.link = link
        messagesLeft = messages
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        if messagesLeft == 0 { throw ReplicationError(.refused, "the exchange does not end") }
        messagesLeft -= 1
        return try link.exchange(message, receive: receive)
    }
}
