import QuipuCausality
import QuipuStorage
import QuipuWire
import Support
import Testing

@testable import QuipuReplication

/// Transactions that are told by what the receiver has: what proves them, and what becomes of those that are not what
/// they claim.
@Suite struct ReferenceTests {
    private static let articles = ImportedArticles(200)

    /// Mirror 1 has sent its import to the server 0; mirror 2 has imported the same, and not sent it.
    private func group(_ count: Int = 3) throws -> (group: Replicas, agreement: Agreement?) {
        let group = try Replicas(count)
        try group.add([("title", "\"Water\"")], kind: "collection", id: 1, at: 0)
        var agreement: Agreement?
        for mirror in 1..<count { agreement = try group.sync(mirror, 0).1 }
        for mirror in 1..<count {
            _ = try group[mirror].importBatch(Self.articles.items, author: "ana \(mirror)")
        }
        try group.sync(1, 0)
        return (group, agreement)
    }

    private func expectEqual(_ group: Replicas, _ first: Int, _ second: Int) throws {
        #expect(try group[first].log.knowledge().hash == group[second].log.knowledge().hash)
        #expect(try group[first].digest == group[second].digest)
        for store in [group[first], group[second]] {
            #expect(try store.verify().damaged == [])
            #expect(try store.log.refusals() == [])
            #expect(try store.texts.missingCount == 0)
        }
    }

    @Test func `a mirror that does not support references is sent everything in full and sends everything`()
        throws
    {
        let (group, agreement) = try group()
        for side in [RewritingLink.Side.caller, .responder] {
            let link = RewritingLink(to: group[0])
            link.rewritesHeader = { header, from in
                if from == side { (header.takesReferences, header.filter) = (false, nil) }
            }
            let (report, _) = try Synchronizer(group[2], over: link).run(agreement: agreement)
            #expect(report.inSync)
            #expect(link.referringCount == 0 || side == .responder)
            #expect(link.referringCount(from: .caller) == 0)
            try expectEqual(group, 0, 2)
        }
    }

    @Test(arguments: RewritingLink.Lie.allCases, [RewritingLink.Side.caller, .responder])
    func `a false reference adds no edit, and its origin is sent in full`(
        lie: RewritingLink.Lie, side: RewritingLink.Side
    ) throws {
        let (group, agreement) = try group()
        let link = RewritingLink(to: group[0])
        link.lie = (lie, side)
        let (report, _) = try Synchronizer(group[2], over: link).run(agreement: agreement)
        #expect(link.lieCount > 0)
        #expect(report.inSync)
        #expect(report.refused == [])
        #expect(report.roundTrips <= 12)
        try expectEqual(group, 0, 2)
    }

    @Test func `a false positive of the filter costs messages and loses nothing`()
        throws
    {
        let (group, agreement) = try group()
        let other = ImportedArticles(150, seed: 9)
        _ = try group[1].importBatch(other.items, author: "ana 1")
        try group.sync(1, 0)
        for isAlways in [false, true] {
            let link = RewritingLink(to: group[0])
            // One that contains everything: few keys, and the responder tests keys of its own.
            link.falseKeys = isAlways ? .max : 2
            let (report, _) = try Synchronizer(group[2], over: link).run(agreement: agreement)
            #expect(report.inSync)
            #expect(report.roundTrips <= 16)
            try expectEqual(group, 0, 2)
        }
    }

    @Test func `a reply with references that is cut keeps what its checkpoints prove`() throws {
        let (group, agreement) = try group(10)
        var options = Synchronizer.Options()
        options.isLinkSlow = true
        options.maximumAttempts = 1
        let whole = HalfLink(to: group[0])
        #expect(try Synchronizer(group[9], over: whole, options: options).run(agreement: agreement).0.inSync)
        let size = try #require(whole.replies.first?.count)
        var kept: [UInt64] = []
        for tenth in [2, 4, 6, 8] {
            let caller = group[tenth]
            let link = HalfLink(to: group[0], afterBytes: size * tenth / 10)
            #expect(throws: ReplicationError.self) {
                try Synchronizer(caller, over: link, options: options).run(agreement: agreement)
            }
            let origin = try group[1].origin
            kept.append(try caller.log.sequence(of: origin))
            for entry in try caller.log.vector().entries where entry.origin != (try caller.origin) {
                #expect(try group[0].log.entry(of: entry.name)?.chain == entry.chain)
            }
            #expect(try caller.verify().damaged == [])
            #expect(try caller.log.refusals() == [])
        }
        #expect(kept == kept.sorted())
        #expect(kept[3] > 0)
        for tenth in [2, 4, 6, 8] {
            let (report, _) = try group.sync(tenth, 0, agreement: agreement)
            #expect(report.inSync)
            try expectEqual(group, 0, tenth)
        }
    }

    @Test func `a push with references that is cut keeps what its checkpoints prove`() throws {
        let (group, agreement) = try group()
        var options = Synchronizer.Options()
        options.isLinkSlow = true
        options.maximumAttempts = 1
        // The first message asks, and brings nothing.
        let link = HalfLink(to: group[0], cutting: .there, afterBytes: 1_200, inExchange: 1)
        #expect(throws: ReplicationError.self) {
            try Synchronizer(group[2], over: link, options: options).run(agreement: agreement)
        }
        let origin = try group[2].origin
        let held = try group[0].log.sequence(of: origin)
        if held > 0 {
            #expect(try group[0].log.entry(of: TransactionName(origin: origin, sequence: held)) != nil)
        }
        #expect(try group[0].verify().damaged == [])
        #expect(try group[0].log.refusals() == [])
        try group.sync(2, 0, agreement: agreement)
        try expectEqual(group, 0, 2)
    }

    @Test func `references that expand to more than a message may hold are not followed`() throws {
        let group = try Replicas(1)
        _ = try group[0].importBatch(Self.articles.items, author: "ana")
        let name = TransactionName(origin: try group[0].origin, sequence: 1)
        var transaction = try #require(try group[0].log.transaction(name))
        func textBytes(_ records: some Sequence<RecordChanges>) -> Int {
            records.flatMap(\.fields).reduce(0) { $0 + ($1.value.text?.count ?? 0) }
        }
        let bytesEach = textBytes(transaction.records) + textBytes(transaction.records.prefix(1))
        var source = RecordSource(name)
        _ = source.add(0)
        transaction.records = []
        // Each time it is looked into counts.
        let allowed = MessageReader.maximumReferenceBytes / bytesEach
        for (count, isTaken) in [(1, true), (allowed, true), (allowed + 1, false)] {
            let told = ReferringTransaction(
                transaction, sources: Array(repeating: source, count: count))
            var resolution = ReferenceResolution(group[0])
            #expect(try resolution.rebuild([told]).isWhole == isTaken, "\(count) of \(allowed)")
        }
    }
}

/// A link that reads what passes and writes it again, perhaps otherwise.
final class RewritingLink: Transport {
    enum Side { case caller, responder }

    enum Lie: CaseIterable {
        /// Other records of the same transaction, or other keys.
        case otherRecords
        /// One record less.
        case oneLess
        /// A transaction that nobody has.
        case unknownSource
        /// The same transaction again and again.
        case manySources
    }

    let location = "a link that lies"
    private let peer: Store
    var rewritesHeader: (inout MessageHeader, Side) -> Void = { _, _ in }
    var lie: (lie: Lie, side: Side)?
    /// How many records the responder tells by a key that nobody has.
    var falseKeys = 0
    private(set) var lieCount = 0
    private var counts: [Side: Int] = [:]

    init(to peer: Store) { self.peer = peer }

    func referringCount(from side: Side) -> Int { counts[side] ?? 0 }
    var referringCount: Int { counts.values.reduce(0, +) }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var request = try IncomingMessage()
        try rewritten(message, from: .caller).withUnsafeBytes { try request.feed($0) }
        let reply = try rewritten(Responder.answer(request, from: peer), from: .responder)
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }

    private func rewritten(_ message: [UInt8], from side: Side) throws -> [UInt8] {
        var reader = try MessageReader()
        try message.withUnsafeBytes { try reader.feed($0) }
        guard case .header(var header) = try reader.next() else { return message }
        rewritesHeader(&header, side)
        var writer = try MessageWriter(header: header)
        while let event = try reader.next() {
            switch event {
            case .header: break
            case .item(.transaction(let transaction)): try writer.append(transaction)
            case .item(.text(let hash, let offset, let total, let bytes)):
                try writer.append(textOf: hash, offset: offset, totalBytes: total, bytes: bytes[...])
            case .item(.difference(let difference)): try writer.append(difference)
            case .item(.referring(let referring)):
                counts[side, default: 0] += 1
                try writer.append(lying(referring, from: side), expandedCount: 1)
            case .checkpoint(let ends): try writer.appendCheckpoint(ends)
            case .end(let end): return try writer.finish(end)
            }
        }
        return message
    }

    private func lying(_ told: ReferringTransaction, from side: Side) -> ReferringTransaction {
        var told = told
        if side == .responder, falseKeys > 0, !told.keys.isEmpty {
            if falseKeys < .max { falseKeys -= 1 }
            told.keys[told.keys.count / 2] ^= 1
        }
        guard let lie, lie.side == side else { return told }
        lieCount += 1
        switch lie.lie {
        case .otherRecords:
            if let first = told.sources.first, first.recordCount > 1 {
                var other = RecordSource(first.name)
                _ = other.add(first.places[0].lowerBound + 1)
                told.sources[0] = other
            } else if told.keys.count > 1 {
                told.keys[1] = told.keys[0]
            }
        case .oneLess:
            if told.keys.isEmpty { told.sources.removeLast() } else { told.keys.removeLast() }
            if !told.isIncomplete { told.keys = [1] }
        case .unknownSource:
            var source = RecordSource(TransactionName(origin: Origin(rawValue: 5), sequence: 1))
            _ = source.add(0)
            told.sources.append(source)
        case .manySources:
            // As many as a transaction may have records.
            if let first = told.sources.first {
                let count = 16_000 / first.recordCount
                told.sources += Array(repeating: first, count: count - told.sources.count)
            }
            if told.sources.isEmpty { told.keys += told.keys }
        }
        return told
    }
}
