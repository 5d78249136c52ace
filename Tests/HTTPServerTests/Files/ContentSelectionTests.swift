import QuipuHTTPServer
import Testing

@Suite struct `Range and condition headers select a part of immutable content` {
    private func selection(
        _ headers: [(String, String)], method: String = "GET", lengthBytes: UInt64 = 1000
    ) -> ContentSelection {
        let head = HTTPRequestHead(
            method: method, path: "/", headers: .init(headers.map { (name: $0.0, value: $0.1) }))
        return ContentSelection(head, lengthBytes: lengthBytes, entityTag: "\"one\"")
    }

    @Test(
        arguments: [
            ("bytes=0-0", .part(0..<1)), ("bytes=0-999", .part(0..<1000)), ("bytes=0-", .part(0..<1000)),
            ("BYTES=10-19", .part(10..<20)), ("bytes=990-2000", .part(990..<1000)),
            ("bytes=999-", .part(999..<1000)), ("bytes=-10", .part(990..<1000)),
            ("bytes=-5000", .part(0..<1000)),
            ("bytes=5-99999999999999999999999", .part(5..<1000)),
        ] as [(String, ContentSelection)])
    func `a range is resolved from either end`(range: String, expected: ContentSelection) {
        #expect(selection([("Range", range)]) == expected)
    }

    @Test(arguments: ["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=99999999999999999999999-"])
    func `a range beyond the end is unsatisfiable`(range: String) {
        #expect(selection([("Range", range)]) == .unsatisfiable)
    }

    @Test(arguments: [
        "bytes", "bytes=", "bytes=-", "bytes=2-1", "bytes=a-b", "bytes= 1-2", "bytes=1-2,4-5", "lines=1-2",
        "",
        "bytes=1--2", "bytes=+1-2",
    ])
    func `a range that is not understood selects the whole content`(range: String) {
        #expect(selection([("Range", range)]) == .whole)
    }

    @Test func `a byte range of empty content is unsatisfiable, and a suffix range selects the whole`() {
        #expect(selection([("Range", "bytes=0-")], lengthBytes: 0) == .unsatisfiable)
        #expect(selection([("Range", "bytes=-1")], lengthBytes: 0) == .whole)
    }

    @Test func `If-Range gives the part when it matches and the whole content otherwise`() {
        let range = ("Range", "bytes=10-19")
        #expect(selection([range, ("If-Range", "\"one\"")]) == .part(10..<20))
        for condition in ["\"two\"", "W/\"one\"", "one", "Sat, 29 Oct 1994 19:43:31 GMT"] {
            #expect(selection([range, ("If-Range", condition)]) == .whole)
        }
        #expect(selection([range], method: "HEAD") == .whole)
        #expect(selection([range, range]) == .whole)
    }

    @Test func `If-None-Match and If-Match suppress content that the client has or does not want`() {
        let range = ("Range", "bytes=10-19")
        for held in ["\"one\"", "W/\"one\"", "\"zero\" , \"one\"", "*"] {
            #expect(selection([range, ("If-None-Match", held)]) == .notModified)
        }
        #expect(selection([range, ("If-None-Match", "\"two\"")]) == .part(10..<20))
        #expect(selection([range, ("If-Match", "\"two\"")]) == .preconditionFailed)
        #expect(selection([range, ("If-Match", "W/\"one\"")]) == .preconditionFailed)
        #expect(selection([range, ("If-Match", "\"two\", \"one\"")]) == .part(10..<20))
        #expect(selection([range, ("If-Match", "*")]) == .part(10..<20))
    }
}
