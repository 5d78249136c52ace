import QuipuCanonicalJSON
import QuipuCausality
import QuipuNaturalKeys
import QuipuStorage

extension FuzzTarget {
    /// What identity is made of has one form, and that form stays as it is.
    static let keys = FuzzTarget(
        name: "keys", subject: "natural keys: URLs, DOIs, texts; ids and names as people write them",
        maximumInputBytes: 1_024
    ) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        for candidate in [text, "https://" + text, "doi:10.1/" + text] {
            if let url = CanonicalURL.canonicalize(candidate) {
                try expect(CanonicalURL.canonicalize(url) == url, "the canonical URL \(url) has another")
            }
            if let doi = CanonicalDOI.canonicalize(candidate) {
                try expect(CanonicalDOI.canonicalize(doi) == doi, "the canonical DOI \(doi) has another")
            }
        }
        let normal = NormalisedText.normalise(text)
        try expect(
            NormalisedText.normalise(normal).utf8.elementsEqual(normal.utf8),
            "a normalised text has another form")
        try expect(text.nfc.nfc.utf8.elementsEqual(text.nfc.utf8), "a text in normal form C has another")
        if let name = TransactionName(text) { try expect(name.description == text, "a name has two texts") }
        if let id = RecordID(text: text) {
            try expect(RecordID(text: id.text) == id, "an id's text is another's")
        }
    }
}
