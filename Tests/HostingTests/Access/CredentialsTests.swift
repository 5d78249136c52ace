import Foundation
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Testing

@Suite struct CredentialsTests {
    private let folder: TemporaryFolder
    private let press: ArchiveURL
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        press = try ArchiveURL("https://example.org/press")
        path = folder.path(of: Credentials.fileName)
    }

    private func stored() throws -> Credentials { try Credentials(in: folder.path) }

    @Test func `credentials are found under their whole URL and nowhere else`() throws {
        let access = RemoteAccess(token: "secret", caFile: "/ca.pem", allowsPlainHTTP: true)
        var credentials = try stored()
        credentials[press] = access
        try credentials.save()
        #expect(try stored()[press] == access)
        #expect(try stored()[ArchiveURL("https://example.org/v1/archives/press/")] == access)
        for other in [
            "https://example.org/notes", "http://example.org/press", "https://example.org:8443/press",
            "https://example.org/prefix/press", "https://example.com/press",
        ] {
            #expect(try stored()[ArchiveURL(other)] == RemoteAccess())
        }
    }

    @Test
    func `the credentials file is readable by its owner only, even if it was readable by others before`()
        throws
    {
        try folder.write("", to: Credentials.fileName)
        #expect(chmod(path, 0o644) == 0)
        var credentials = try stored()
        credentials[press].token = "secret"
        try credentials.save()
        let facts = try FileManager.default.attributesOfItem(atPath: path)
        #expect(facts[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [Credentials.fileName])
    }

    @Test func `removing the last token removes the file`() throws {
        try stored().save()
        #expect(!FileManager.default.fileExists(atPath: path))
        var credentials = try stored()
        credentials[press].token = "secret"
        try credentials.save()
        credentials[press].token = nil
        try credentials.save()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a damaged file is named and not overwritten`() throws {
        try folder.write("{\"url\":1}\n", to: Credentials.fileName)
        let error = #expect(throws: StorageError.self) { try stored() }
        #expect(error?.code == .damaged && error?.message.contains(path) == true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "{\"url\":1}\n")
    }

    @Test(arguments: [
        "https://example.org/press", "http://localhost:1/press", "http://127.9.9.9/press",
        "http://[::1]:80/press",
    ])
    func `a token may be sent over TLS and within this machine`(text: String) throws {
        try ArchiveURL(text).requireSafety()
    }

    @Test(arguments: [
        "http://example.org/press", "http://127.0.0.1.example.org/press", "http://localhost.example/press",
        "http://127.0.0/press", "http://10.0.0.1/press", "http://[::1].example/press",
    ])
    func `a token is not sent over plain HTTP without explicit permission`(text: String) throws {
        let url = try ArchiveURL(text)
        let error = #expect(throws: ReplicationError.self) { try url.requireSafety() }
        #expect(error?.code == .insecure)
        try url.requireSafety(unless: true)
    }
}
