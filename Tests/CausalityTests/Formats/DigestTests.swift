import QuipuCausality
import Testing

@testable import NaiveModel

struct DigestTests {
    static func terms(_ count: Int, using random: inout SeededGenerator) -> [UInt128] {
        (0..<count).map { _ in UInt128.random(in: 0...UInt128.max, using: &random) }
    }

    @Test(arguments: Seeds.upTo(20))
    func `the digest does not depend on the order of its terms`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let terms = Self.terms(30, using: &random)
        var (one, other) = (Digest(), Digest())
        for term in terms { one.add(term) }
        for term in terms.shuffled(using: &random) { other.add(term) }
        #expect(one == other && one != Digest())
    }

    @Test(arguments: Seeds.upTo(20))
    func `adding and removing the same terms in any order restores the digest`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let start = Digest(rawValue: Self.terms(1, using: &random)[0])
        let terms = Self.terms(30, using: &random)
        var digest = start
        for term in terms { digest.remove(term) }
        for term in terms.shuffled(using: &random) { digest.add(term) }
        #expect(digest == start)
    }

    @Test
    func `a head that is added twice differs from no head`() {
        var digest = Digest()
        digest.add(5)
        digest.add(5)
        #expect(digest.rawValue == 10, "a sum, where exclusive or would hide pairs")
    }

    @Test
    func `sums wrap around at 128 bits`() {
        var digest = Digest(rawValue: .max)
        digest.add(2)
        #expect(digest.rawValue == 1)
        digest.remove(2)
        #expect(digest.rawValue == .max)
    }

    @Test
    func `a digest prints as eight groups of four digits`() {
        #expect(Digest().description == "0000 0000 0000 0000 0000 0000 0000 0000")
        let digest = Digest(rawValue: 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210)
        #expect(digest.description == "0123 4567 89ab cdef fedc ba98 7654 3210")
        #expect(Digest(bytes: digest.bytes) == digest)
    }

    @Test
    func `a digest term differs when any input differs, and from every content term`() {
        let record = RecordID(rawValue: 1)
        let (key, value) = (VersionKey(rawValue: 2), ValueHash("V"))
        func term(_ id: RecordID, _ kind: String, _ field: String, _ key: VersionKey, _ value: ValueHash)
            -> UInt128
        {
            Digest.term(record: id, kind: kind, field: field, key: key, value: value)
        }
        let terms = [
            term(record, "article", "body", key, value),
            term(RecordID(rawValue: 3), "article", "body", key, value),
            term(record, "note", "body", key, value),
            term(record, "article", "title", key, value),
            term(record, "articleb", "ody", key, value),
            term(record, "article", "body", VersionKey(rawValue: 3), value),
            term(record, "article", "body", key, ValueHash("W")),
            Digest.contentTerm(record: record, kind: "article", field: "body", value: value),
            Digest.contentTerm(record: RecordID(rawValue: 3), kind: "article", field: "body", value: value),
            Digest.contentTerm(record: record, kind: "note", field: "body", value: value),
            Digest.contentTerm(record: record, kind: "article", field: "title", value: value),
            Digest.contentTerm(record: record, kind: "article", field: "body", value: ValueHash("W")),
        ]
        #expect(Set(terms).count == terms.count)
    }
}
