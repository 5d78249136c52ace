import QuipuCausality
import Testing

struct SHA256Tests {
    private func hash(_ parts: [String]) -> String {
        var hash = SHA256()
        for part in parts { Array(part.utf8).withUnsafeBytes { hash.update($0) } }
        return hash.finish().hexadecimal
    }

    @Test func `SHA-256 matches the standard's examples, whole and in pieces`() {
        // FIPS 180-4, examples.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(hash(["abc"]) == abc)
        #expect(hash(["a", "", "bc"]) == abc)
        #expect(hash([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let long = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        #expect(hash(["abcdbcdecdefdefgefghfghighij", "hijkijkljklmklmnlmnomnopnopq"]) == long)
    }

    @Test func `a SHA-256 hash is written in one form only`() {
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(BlobHash(text: text)?.hexadecimal == text)
        for other in [text.uppercased(), String(text.dropLast()), text + "00", "", "../" + text.dropFirst(3)]
        {
            #expect(BlobHash(text: other) == nil)
        }
    }
}
