import QuipuHTTPServer
import QuipuReplication
import QuipuStorage
import Support
import Testing

@testable import Quipu
@testable import QuipuHosting

/// What a token may add in a day counts over HTTP as in the exchange.
@Suite struct InterfaceQuotaTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let tokens: FileTokenStore
    private let id = TokenSecret(bytes: [UInt8](repeating: 7, count: 32)).hash.id
    private static let day: Int64 = 86_400_000

    init() throws {
        folder = try TemporaryFolder()
        archive = try Archive.create(at: folder.path + "/press", named: "press", as: "Ana Ruiz")
        tokens = FileTokenStore(in: archive.stores.folder.path)
    }

    private func add(_ quota: DailyQuota) throws -> HTTPResponse {
        let backend = FolderBackend(.single(archive.stores.folder, name: "press"))
        let hosted = try #require(try backend.archive(named: "press"))
        let interface = RecordsInterface(author: "Ana Ruiz", onlyArchive: "press", environment: .system)
        let channels = ArchiveChannels(backend: backend, maximumWatchers: 1, heartbeatMilliseconds: 1_000)
        let question = InterfaceQuestion(
            head: HTTPRequestHead(
                method: "POST", path: "/v1/archives/press/records",
                headers: .init([(name: "Content-Type", value: "application/json")])),
            name: "press", archive: hosted, route: .records,
            caller: Caller(name: "luis", role: .writer, mayCreate: false, author: "Luis Vega"),
            ticketContent: nil, tickets: TicketOffice(),
            news: ArchiveNews(name: "press", archive: hosted, channels: channels, isStopping: { false }),
            account: TokenAccount(quota: quota, token: id))
        return try interface.answer(
            question, body: Array(#"{"kind":"note","fields":{"text":"x"}}"#.utf8))
    }

    @Test func `a token that has added what it may is refused until tomorrow, and every edit counts`() throws
    {
        let quota = DailyQuota(tokens) { 20_000 * Self.day }
        let allowed = DailyQuota.allowance.transactions
        quota.note(QuotaAmount(transactions: allowed - 2), by: id)
        #expect(try add(quota).status == 201)
        #expect(try quota.left(to: id).transactions == 1)
        #expect(try add(quota).status == 201)
        let position = try archive.position()
        let refusal = try #require(throws: Problem.self) { try add(quota) }
        #expect(refusal.status == 429 && refusal.word == "daily-limit")
        #expect(try archive.position() == position)
        #expect(try add(DailyQuota(tokens) { 20_001 * Self.day }).status == 201)
    }
}
