import QuipuCanonicalJSON
import Testing

@Suite struct JSONMembersTests {
    @Test func `each member's name and raw value are found`() throws {
        var random = RandomJSON(seed: 3)
        for _ in 0..<2_000 {
            var members: [JSONMember] = []
            for index in 0..<random.below(8) {
                members.append(JSONMember(name: "\(index)" + random.string(), value: random.value()))
            }
            let bytes = JSONValue.object(members).canonicalBytes()
            let sorted = try #require(try JSONParser().parse(bytes).members)
            var observed: [JSONMember] = []
            let isWhole = JSONMembers.forEach(in: bytes) { name, range in
                let value = bytes[range]
                #expect(isCanonicalJSON(Array(value)))
                if let parsed = try? JSONParser().parse(value) {
                    observed.append(JSONMember(name: name, value: parsed))
                }
            }
            #expect(isWhole)
            #expect(observed == sorted)
        }
    }

    @Test(arguments: [
        "", "{", "}", "[]", "1", "{\"a\":}", "{\"a\"}", "{\"a\":1", "{\"a\":\"}", "{\"a\":1}}", "{,}",
        "{\"a\":1,}",
    ])
    func `a damaged object is reported`(text: String) {
        #expect(!JSONMembers.forEach(in: Array(text.utf8)) { _, _ in })
    }

    @Test func `an empty object has no members`() {
        #expect(JSONMembers.forEach(in: Array("{}".utf8)) { _, _ in Issue.record("a member of nothing") })
    }
}
