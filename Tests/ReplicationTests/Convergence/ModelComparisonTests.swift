import NaiveModel
import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// The store against the naive model: after every step of a random script on the replica it touched, and at the end on
/// all. Exchanges are cut half-way, links are narrow, and clocks are corrected by notes.
@Suite struct ModelComparisonTests {
    @Test(arguments: RandomSeeds.first(24))
    func `a store shows what its log implies`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed) &* 104_729)
        let group = try Replicas(Int.random(in: 2...4, using: &random), seed: UInt64(seed))
        var guests = Guests()
        for step in 0..<60 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try narrowSync(group, using: &random)
            case 1: try guests.write(to: group, step: step, using: &random)
            case 2: try resolve(group, step: step, using: &random)
            default: try Script.step(step, on: group, using: &random)
            }
            if step.isMultiple(of: 6) { try compare(group[step % group.stores.count], seed, step) }
        }
        try group.syncAll()
        for store in group.stores { try compare(store, seed, -1) }
        let first = try ReplicaState(of: group[0])
        for store in group.stores {
            #expect(try ReplicaState(of: store) == first, "seed \(seed)")
            #expect(try store.verify().damaged == [], "seed \(seed)")
        }
    }

    private func compare(_ store: Store, _ seed: Int, _ step: Int) throws {
        let reading = try StoreReading(store)
        #expect(reading.complaint(against: reading.model) == nil, "seed \(seed), step \(step)")
    }

    /// A sync in small pieces over a link that is cut for good after some messages.
    private func narrowSync(_ group: Replicas, using random: inout SplitMix64) throws {
        let (from, to) = (
            Int.random(in: group.stores.indices, using: &random),
            Int.random(in: group.stores.indices, using: &random)
        )
        if from == to { return }
        let path = try PathTransport(
            path: group[to].folder.workPath, environment: group.world.environment())
        var options = Synchronizer.Options()
        options.firstBudgetBytes = 1
        options.maximumBudgetBytes = 200
        options.minimumBudgetBytes = 1
        options.maximumAttempts = 1
        let link = CutLink(
            path, messages: Int.random(in: 0...4, using: &random), losesReply: Bool.random(using: &random))
        do {
            _ = try Synchronizer(group[from], over: link, options: options).run(agreement: nil)
        } catch let error as ReplicationError where error.code == .cut {}
    }

    private func resolve(_ group: Replicas, step: Int, using random: inout SplitMix64) throws {
        let store = group[Int.random(in: group.stores.indices, using: &random)]
        guard let conflict = try store.conflicts().randomElement(using: &random) else { return }
        if conflict.isDeletion {
            if Bool.random(using: &random) {
                _ = try store.delete(conflict.id, kind: conflict.kind, author: "ana")
            } else {
                _ = try store.restore(conflict.id, kind: conflict.kind, author: "ana")
            }
        } else if conflict.field != "deleted",
            try store.view(conflict.id, kind: conflict.kind)?.isDeleted == false,
            let json = conflict.others.first?.json
        {
            _ = try store.edit(
                [
                    Edit(
                        id: conflict.id, kind: conflict.kind,
                        changes: [.init(field: conflict.field, json: json)])
                ],
                author: "ben")
        }
    }
}

/// Authors whose transactions come from elsewhere: what no command of this version writes yet, but must be taken as
/// Schema/semantics.md says (clock notes, merges, targets and kinds that change).
struct Guests {
    private var ends: [UInt128: UInt64] = [:]
    /// What each wrote last to a field: an edit by hand replaces at least that.
    private var written: [UInt128: [NaivePlace: TransactionName]] = [:]

    mutating func write(to group: Replicas, step: Int, using random: inout SplitMix64) throws {
        let index = Int.random(in: group.stores.indices, using: &random)
        let store = group[index]
        // One guest for each replica: its transactions reach the others by exchange alone.
        let origin = Origin(rawValue: 1_000 + UInt128(index))
        let sequence = ends[origin.rawValue, default: 0] + 1
        if written[origin.rawValue] == nil { written[origin.rawValue] = [:] }
        var transaction = Transaction(
            name: TransactionName(origin: origin, sequence: sequence),
            stamp: Stamp(
                milliseconds: FakeWorld.startMilliseconds
                    + Int64(Int.random(in: -3_000...90_000, using: &random))),
            author: "guest", isByProgram: false, records: [])
        let record = RecordID(rawValue: UInt128(Int.random(in: 1...3, using: &random)))
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            guard let entry = try store.log.vector().entries.randomElement(using: &random) else { return }
            transaction.note = ClockNote(
                offsetMilliseconds: Int64(Int.random(in: -60_000...60_000, using: &random)),
                spans: [
                    .init(
                        last: TransactionName(
                            origin: entry.origin,
                            sequence: UInt64.random(in: 1...entry.sequence, using: &random)),
                        count: UInt64.random(in: 1...4, using: &random))
                ])
        case 1:
            // A merge: made by the program, replaces two heads.
            guard
                let conflict = try store.conflicts().first(where: { !$0.isDeletion && $0.field != "deleted" })
            else { return }
            transaction.isByProgram = true
            transaction.records = [
                RecordChanges(
                    id: conflict.id, kind: conflict.kind,
                    fields: [
                        FieldChange(
                            field: conflict.field, value: .text(Array("\"merged\"".utf8)),
                            replaces: ([conflict.current] + conflict.others).map(\.version).sorted())
                    ])
            ]
        case 2:
            // A remark that moves from one record to another.
            transaction.records = [
                RecordChanges(
                    id: RecordID(rawValue: 90), kind: "note",
                    fields: [FieldChange(field: "target", value: .text(Array("\"\(record.text)\"".utf8)))])
            ]
        default:
            // A blind writer, who replaces nothing and knows of no delete; sometimes in another kind's name.
            transaction.isByProgram = Bool.random(using: &random)
            transaction.records = [
                RecordChanges(
                    id: record, kind: Bool.random(using: &random) ? "article" : "note",
                    fields: [
                        FieldChange(
                            field: "deleted", value: .text(Array((step % 2 == 0 ? "true" : "false").utf8))),
                        FieldChange(field: "title", value: .text(Array("\"source \(step % 3)\"".utf8))),
                    ])
            ]
        }
        for (index, record) in transaction.records.enumerated() {
            for (place, change) in record.fields.enumerated() {
                let field = NaivePlace(record.id, record.kind, change.field)
                let last = written[origin.rawValue]?.updateValue(transaction.name, forKey: field)
                if change.replaces.isEmpty, !transaction.isByProgram {
                    transaction.records[index].fields[place].replaces = last.map { [$0] } ?? []
                }
            }
        }
        let outcome = try store.apply([transaction])
        #expect(outcome.refused.isEmpty, "\(outcome.refused)")
        ends[origin.rawValue] = sequence
    }
}

/// Passes some messages and then none; the last may be taken in over there with its reply lost.
private final class CutLink: Transport {
    private let link: PathTransport
    private var messages: Int
    private let losesReply: Bool
    var location: String { link.location }

    init(_ link: PathTransport, messages: Int, losesReply: Bool) {
        self.link = link
        self.messages = messages
        self.losesReply = losesReply
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        if messages == 0 {
            if losesReply { _ = try link.exchange(message) { _ in } }
            throw ReplicationError(.cut, "the link was cut")
        }
        messages -= 1
        return try link.exchange(message, receive: receive)
    }
}
