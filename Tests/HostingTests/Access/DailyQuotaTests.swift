import QuipuCausality
import QuipuHosting
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Synchronization
import Testing

@testable import QuipuHosting

/// What one token may bring in a day.
@Suite struct DailyQuotaTests {
    private let folder: TemporaryFolder
    private let tokens: FileTokenStore
    private let id = TokenSecret(bytes: [UInt8](repeating: 7, count: 32)).hash.id
    private static let day: Int64 = 86_400_000

    init() throws {
        folder = try TemporaryFolder()
        tokens = FileTokenStore(in: folder.path)
    }

    private func quota(day: Int64) -> DailyQuota {
        DailyQuota(tokens) { day * Self.day + Self.day - 10_000 }
    }

    @Test func `the intake of a token counts until midnight, across restarts too`() throws {
        let first = quota(day: 20_000)
        #expect(try first.left(to: id) == DailyQuota.allowance)
        first.note(QuotaAmount(origins: 60, branchStarts: 2, transactions: 900), by: id)
        first.note(QuotaAmount(transactions: 1_000), by: id)
        let left = DailyQuota.allowance - QuotaAmount(origins: 60, branchStarts: 2, transactions: 1_900)
        #expect(try first.left(to: id) == left)
        #expect(try quota(day: 20_000).left(to: id) == left)
        #expect(first.secondsLeftToday == 11)
        #expect(try quota(day: 20_001).left(to: id) == DailyQuota.allowance)
        let other = TokenSecret(bytes: [UInt8](repeating: 8, count: 32)).hash.id
        #expect(try first.left(to: other) == DailyQuota.allowance)
    }

    private func transaction(_ origin: UInt128, _ sequence: UInt64 = 1) -> Transaction {
        Transaction(
            name: TransactionName(origin: Origin(rawValue: origin), sequence: sequence),
            stamp: Stamp(milliseconds: FakeWorld.startMilliseconds), author: "eve", isByProgram: false,
            records: [
                RecordChanges(
                    id: RecordID(rawValue: origin << 32 | UInt128(sequence)), kind: "note",
                    fields: [FieldChange(field: "text", value: .text(Array("\"x\"".utf8)))])
            ])
    }

    @Test func `a message beyond the daily limit is accepted up to the limit and never further`() throws {
        let group = try Replicas(3)
        let whole = (1...5 as ClosedRange<UInt128>).map { transaction($0) } + [transaction(1, 2)]
        #expect(try group[0].apply(whole).refused.isEmpty)
        func push(from: Int, to: Int, _ allowed: QuotaAmount) throws -> Result<QuotaAmount, any Error> {
            let link = MeteredLink(group[to], allowed)
            let report = try Synchronizer(group[from], over: link).run(agreement: nil).0
            if let refusal = report.refusal { return .failure(ReplicationError(refusal, "")) }
            return .success(link.taken)
        }
        var outcome = try push(from: 0, to: 1, QuotaAmount(origins: 9, branchStarts: 0, transactions: 6))
        #expect(try outcome.get() == QuotaAmount(origins: 5, transactions: 6))
        outcome = try push(from: 0, to: 2, QuotaAmount(origins: 3, branchStarts: 0, transactions: 6))
        #expect(throws: ReplicationError.self) { try outcome.get() }
        #expect(try group[2].log.vector().entries.count == 3)
        outcome = try push(from: 0, to: 2, QuotaAmount(origins: 2, branchStarts: 0, transactions: 2))
        #expect(throws: ReplicationError.self) { try outcome.get() }
        outcome = try push(from: 0, to: 2, QuotaAmount(origins: 2, branchStarts: 0, transactions: 1))
        #expect(try outcome.get() == QuotaAmount(transactions: 1))
        #expect(try group[2].digest == group[0].digest)
        #expect(try group[2].log.refusals().isEmpty)
    }

    @Test func `a writer over the daily limit can fetch but not send, and others are unaffected`()
        throws
    {
        func secret(_ byte: UInt8, _ role: Role) throws -> String {
            let secret = TokenSecret(bytes: [UInt8](repeating: byte, count: 32))
            try tokens.add(
                AccessToken(
                    id: secret.hash.id, hash: secret.hash, scope: .archive("press", role), createdAt: 1))
            return secret.text
        }
        let (owner, writer, other) = (try secret(1, .owner), try secret(2, .writer), try secret(3, .writer))
        var configuration = Server.Configuration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        let server = try Server(
            FolderBackend(.directory(folder.path, createsArchives: true)), tokens: tokens, as: configuration)
        defer { server.stop() }
        func sync(_ store: Store, _ token: String) throws -> SyncReport {
            let url = try ArchiveURL(server.url + "/press")
            return try Synchronizer(store, over: HTTPTransport(url, access: RemoteAccess(token: token))).run(
                agreement: nil
            ).0
        }
        let group = try Replicas(3)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        #expect(try sync(group[0], owner).inSync)
        let count = DailyQuota.allowance.origins
        #expect(try group[1].apply((1...UInt128(count + 1)).map { transaction($0) }).refused.isEmpty)
        let report = try sync(group[1], writer)
        #expect(report.refusal == .dailyLimit)
        #expect(!report.inSync)
        #expect(try group[1].view(RecordID(rawValue: 7), kind: "article") != nil)
        #expect(try sync(group[0], owner).inSync)
        #expect(try group[0].log.vector().count == count + 1)
        try group.add([("title", "\"Market\"")], id: 8, at: 2)
        #expect(try sync(group[2], other).inSync)
        #expect(try sync(group[1], owner).inSync)
    }
}

/// The way to a store that takes so much and no more.
private final class MeteredLink: Transport {
    let location = "metered"
    private let store: Store
    private var left: QuotaAmount
    private(set) var taken = QuotaAmount()

    init(_ store: Store, _ allowed: QuotaAmount) { (self.store, left) = (store, allowed) }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        let reply = try Responder.reply(to: request, from: store, allowing: left)
        taken = taken + reply.taken
        left = left - reply.taken
        try reply.bytes.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.bytes.count)
    }
}
