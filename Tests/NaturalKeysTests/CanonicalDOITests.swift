import QuipuNaturalKeys
import Testing

/// Frozen vectors: record ids in archives depend on every one. Add to them; never change one.
@Suite struct CanonicalDOITests {
    @Test(arguments: [
        ("10.1000/182", "10.1000/182"),
        (" 10.1000/ABC.Def ", "10.1000/abc.def"),
        ("doi:10.1000/182", "10.1000/182"),
        ("DOI: 10.1000/182", "10.1000/182"),
        ("info:doi/10.1000/182", "10.1000/182"),
        ("urn:doi:10.1000/182", "10.1000/182"),
        ("https://doi.org/10.1000/182", "10.1000/182"),
        ("http://dx.doi.org/10.1000/A%2FB", "10.1000/a/b"),
        ("HTTPS://WWW.DOI.ORG/10.1000/182?utm_source=x#y", "10.1000/182"),
        ("doi.org/10.1000/182", "10.1000/182"),
        ("10.1000.10/x", "10.1000.10/x"),
        ("10.1000/a/b", "10.1000/a/b"),
        (
            "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
            "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"
        ),
        ("10.1000/e\u{301}", "10.1000/\u{e9}"),
    ])
    func `a DOI has one canonical form, which is its own canonical form`(given: String, expected: String) {
        #expect(CanonicalDOI.canonicalize(given).map { Array($0.utf8) } == Array(expected.utf8))
        #expect(CanonicalDOI.canonicalize(expected) == expected)
    }

    @Test(arguments: [
        "", "10.1000", "10.1000/", "10./x", "10.a/x", "11.1000/x", "10.1000 /x", "10.1000/a b", "doi:",
        "10..1/x",
        "https://example.org/10.1000/182", "https://doi.org/", "https://doi.org/10.1000/%zz",
        "https://doi.org/10.1000/a%00", "10.1000/" + String(repeating: "a", count: CanonicalDOI.maximumBytes),
    ])
    func `a text that is not a DOI has no canonical form`(given: String) {
        #expect(CanonicalDOI.canonicalize(given) == nil)
    }
}
