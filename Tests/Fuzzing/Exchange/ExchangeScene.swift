import QuipuCBOR
import QuipuCanonicalJSON
import QuipuCausality
import QuipuReplication
import QuipuStorage
import QuipuWire
import Support

/// The archive that is talked to: a little of everything that a message can touch, and a mirror of it that has
/// nothing yet.
struct ExchangeScene: Sendable {
    static let shared = Result { try ExchangeScene() }

    let image: ArchiveImage
    let empty: ArchiveImage
    /// What the archive holds, in the order of its log.
    let transactions: [Transaction]
    let chains: [TransactionName: ChainHash]
    let knowledge: Knowledge
    let digest: Digest
    let position: Int64
    /// Texts that it has, and one that it wants.
    let texts: [[UInt8]]

    static let recordIDs = (1...8).map { RecordID(rawValue: UInt128($0)) }
    static let wantedText = Array("\"\(String(repeating: "wanted ", count: 40))\"".utf8)

    private init() throws {
        image = try ArchiveImage(seed: 1, Self.fill)
        empty = try ArchiveImage(seed: 2, id: image.id) { _, _ in }
        let copy = try OpenCopy(of: image)
        var transactions: [Transaction] = []
        var chains: [TransactionName: ChainHash] = [:]
        try copy.store.log.forEachTransaction(after: 0) { transaction, _, _ in
            transactions.append(transaction)
            chains[transaction.name] = try copy.store.log.entry(of: transaction.name)?.chain
            return true
        }
        self.transactions = transactions
        self.chains = chains
        knowledge = try copy.store.log.knowledge()
        digest = try copy.store.digest
        position = try copy.store.position
        texts = [
            Self.wantedText, Array("\"\(String(repeating: "other ", count: 40))\"".utf8),
            Array("\"A title\"".utf8), Array("true".utf8),
        ]
    }

    private static func fill(_ store: Store, _ world: FakeWorld) throws {
        func edit(_ id: Int, _ kind: String, _ fields: [(String, String)]) throws {
            world.advance(milliseconds: 1_000)
            let changes = fields.map { Edit.Change(field: $0.0, json: Array($0.1.utf8)) }
            _ = try store.edit([Edit(id: recordIDs[id], kind: kind, changes: changes)], author: "ana")
        }
        try edit(0, "article", [("title", "\"A title\""), ("body", "\"A body.\""), ("tags/a", "true")])
        try edit(1, "annotation", [("target", canonical(recordIDs[0])), ("text", "\"A note\"")])
        try edit(2, "collection", [("name", "\"Press\"")])
        try edit(0, "article", [("title", "\"Another title\"")])
        try edit(4, "article", [("title", "\"Deleted\""), ("deleted", "true")])
        _ = try store.importBatch(
            [
                ImportItem(
                    id: recordIDs[5], kind: "article",
                    fields: [
                        ("title", Array("\"Imported\"".utf8)), ("url", Array("\"http://a.example/\"".utf8)),
                    ])
            ], author: "ana")
        // From others: a conflict, an edit of what is deleted, a text that is not here, a word on a clock.
        _ = try store.apply([
            foreign(1, 0, "title", .text(Array("\"Contested\"".utf8))),
            foreign(2, 4, "title", .text(Array("\"Edited\"".utf8))),
            foreign(3, 6, "body", .hash(ValueHash(of: wantedText))),
            Transaction(
                name: TransactionName(origin: Origin(rawValue: 1), sequence: 2),
                stamp: Stamp(milliseconds: FakeWorld.startMilliseconds), author: "ben", isByProgram: true,
                records: [],
                note: ClockNote(
                    offsetMilliseconds: 1_000,
                    spans: [.init(last: TransactionName(origin: Origin(rawValue: 1), sequence: 1), count: 1)])
            ),
        ])
    }

    private static func foreign(_ origin: UInt128, _ record: Int, _ field: String, _ value: Content)
        -> Transaction
    {
        Transaction(
            name: TransactionName(origin: Origin(rawValue: origin), sequence: 1),
            stamp: Stamp(milliseconds: FakeWorld.startMilliseconds + 5_000), author: "ben",
            isByProgram: false,
            records: [
                RecordChanges(
                    id: recordIDs[record], kind: "article", fields: [FieldChange(field: field, value: value)])
            ])
    }

    static func canonical(_ id: RecordID) -> String {
        String(decoding: canonicalString(id.text), as: UTF8.self)
    }
}

extension ExchangeScene {
    /// What must hold of an archive that hostile bytes were sent to: it is sound, and everything that it took
    /// another mirror takes from it.
    func examine(_ copy: OpenCopy) throws {
        guard try copy.isChanged else { return }
        let report = try copy.store.verify()
        try expect(
            report.damaged.isEmpty, "the archive is damaged: \(report.damaged.joined(separator: "; "))")

        let mirror = try OpenCopy(of: empty, seed: 3)
        let (sync, _) = try Synchronizer(mirror.store, over: DirectLink(copy.store)).run(agreement: nil)
        try expect(
            sync.refused.isEmpty, "a mirror refuses what was taken: \(sync.refused.joined(separator: "; "))")
        try expect(
            try mirror.store.log.knowledge() == copy.store.log.knowledge()
                && mirror.store.digest == copy.store.digest,
            "a mirror of what was taken is not equal")
        try expect(sync.inSync || sync.missingTexts > 0, "a mirror of what was taken does not come into sync")
    }

    /// An error that hostile bytes may cause; all others say that something of ours is wrong.
    static func isRefusal(_ error: any Error) -> Bool {
        switch error {
        case is WireError, is ReplicationError: true
        case let error as StorageError: [.unsoundText, .tooManyBranches, .badName].contains(error.code)
        default: false
        }
    }
}

/// Answers in this process, from a store that is open.
struct DirectLink: Transport {
    private let store: Store
    var location: String { "here" }

    init(_ store: Store) { self.store = store }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        let reply = try Responder.answer(request, from: store)
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }
}
