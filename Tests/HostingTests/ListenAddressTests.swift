import QuipuHosting
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: ["127.0.0.1:0", "localhost:80", "[::1]:8420", "127.8.9.1:1"])
    func `loopback addresses are accepted`(text: String) throws {
        #expect(try ListenAddress(text).isLoopback)
    }

    @Test(arguments: [
        "0.0.0.0:80", "192.168.1.2:80", "[::]:80", "example.org:80", "127.0.0.1.example.org:80", "127.1:80",
    ])
    func `addresses beyond loopback are refused without tokens and TLS`(text: String) throws {
        let address = try ListenAddress(text)
        #expect(!address.isLoopback)
        var configuration = Server.Configuration()
        configuration.address = address
        #expect(throws: ListenAddress.Refusal.self) {
            _ = try Server(
                FolderBackend(.directory("/nonexistent", createsArchives: false)), as: configuration)
        }
    }

    @Test(arguments: ["", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:eighty"])
    func `a malformed listen address is refused`(text: String) {
        #expect(throws: ListenAddress.Refusal.self) { try ListenAddress(text) }
    }
}
