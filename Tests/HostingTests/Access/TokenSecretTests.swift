import QuipuHosting
import Testing

@Suite struct TokenSecretTests {
    private let secret = TokenSecret(bytes: (0..<32).map { UInt8($0) })

    @Test func `a token has a prefix and 43 letters that hold 32 bytes`() {
        #expect(secret.text == "quipu_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
        #expect(
            TokenSecret(bytes: [UInt8](repeating: 255, count: 32)).text.hasSuffix(
                "_" + String(repeating: "_", count: 42) + "8"))
    }

    @Test func `a token's text reads back as the same token`() {
        #expect(TokenSecret(secret.text)?.hash == secret.hash)
    }

    @Test(arguments: ["", "quipu_", "quipu_short", "Quipu_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"])
    func `a truncated or malformed text is not a token`(text: String) {
        #expect(TokenSecret(text) == nil)
        #expect(TokenSecret(secret.text + "A") == nil)
        #expect(TokenSecret(String(secret.text.dropLast()) + "=") == nil)
        #expect(TokenSecret(String(secret.text.dropLast()) + "é") == nil)
    }

    @Test func `a token's id is the beginning of its hash and differs between tokens`() {
        let other = TokenSecret(bytes: (1...32).map { UInt8($0) })
        #expect(secret.hash.id.text.count == 8)
        #expect(secret.hash.id != other.hash.id)
        #expect(TokenID(secret.hash.id.text) == secret.hash.id)
        #expect(!secret.hash.isEqual(to: other.hash) && secret.hash.isEqual(to: secret.hash))
    }

    @Test(arguments: ["", "wmxtygf", "wmxtygfhh", "wmxtygfu", "WMXTYGFH", "wmxty/fh"])
    func `a malformed text is not a token id`(text: String) { #expect(TokenID(text) == nil) }
}
