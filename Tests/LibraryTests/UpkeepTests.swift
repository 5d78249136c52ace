import Foundation
import Quipu
import Testing

/// What else the command does, over the library alone.
@Suite struct UpkeepTests {
    private let folder: TemporaryFolder
    private let archive: Archive

    init() throws {
        folder = try TemporaryFolder()
        archive = try Archive.create(at: folder.path + "/office", named: "press", as: "Ana Ruiz")
    }

    @Test func `a watch brings what is written on a mirror, and ends with its task`() async throws {
        let field = try await Archive.clone(archive.path, to: folder.path + "/field", as: "Ben Okoye")
        let (reports, report) = AsyncStream.makeStream(of: SyncReport.self)
        let watching = Task { try await field.watch { report.yield($0) } }
        let id = try await archive.write { t in try t.add(.article) { $0.title = "Water" } }
        for await report in reports where report.receivedChanges > 0 { break }
        #expect(try await field.read { try $0.record(id)?.fields.title } == "Water")
        watching.cancel()
        try await watching.value
    }

    @Test func `a token is listed under its id, and revoked once`() throws {
        let tokens = AccessTokens(of: archive)
        let (record, secret) = try tokens.add(.writer, for: archive.name, label: "Ben")
        #expect(secret.id == record.id && secret.text.hasPrefix(TokenText.prefix))
        #expect(try tokens.list().map(\.state) == [.valid])
        #expect(try tokens.revoke(record.id))
        #expect(try tokens.list().map(\.state) == [.revoked])
        #expect(try !tokens.revoke("00000000"))
    }

    @Test func `a stored token is remembered with its remote, and forgotten with it`() throws {
        let (_, secret) = try AccessTokens(of: archive).add(.reader, for: "press")
        try archive.addRemote("origin", at: "https://quipu.example/press")
        try archive.storeToken(for: "origin") { address in
            #expect(address == "https://quipu.example/press")
            return secret
        }
        #expect(try archive.remotesWithTokens().map(\.tokenID) == [secret.id])
        try archive.removeRemote("origin")
        try archive.addRemote("origin", at: "https://quipu.example/press")
        #expect(try archive.remotesWithTokens().map(\.tokenID) == [nil])
    }

    @Test func `an import is previewed without a trace`() throws {
        let path = folder.path + "/news.jsonl"
        try #"{"title":"Water","tags":["river"]}"#.write(toFile: path, atomically: true, encoding: .utf8)
        let preview = try archive.preview(ImportSource(path: path))
        #expect(preview.tellsEffects && preview.report.createdRecords == 1)
        #expect(preview.firstItems.first?["title"] == "Water" && preview.firstItems.first?.tags == ["river"])
        #expect(try archive.read { try $0.counts() }.isEmpty)
        #expect(try archive.importFile(path).createdRecords == 1)
    }

    @Test func `an examination reports that there is no second copy`() throws {
        let findings = try archive.examine()
        let isOnlyCopy = findings.contains { if case .onlyCopy = $0 { true } else { false } }
        #expect(isOnlyCopy)
        #expect(findings.filter(\.isDamage).isEmpty)
    }

    @Test func `an export to a folder has a file for each article`() throws {
        _ = try archive.write { t in try t.add(.article) { $0.title = "Water" } }
        let (report, rest) = try archive.export(to: folder.path + "/out", as: .markdown)
        #expect(report.records == 1 && report.missingTexts == 0 && rest.removedFiles == 0)
    }
}
