import QuipuCanonicalJSON
import QuipuFormats
import QuipuNaturalKeys
import Testing

@Suite struct HostileInputTests {
    private static let samples = [
        "{\"title\":\"a\\u00e9\\ud83d\\ude00\",\"n\":[1,-2e5,{\"b\":null}],\"tags\":[\"x\"]}\r\n{\"body\":\"b\"}\n",
        "[{\"title\":\"a\"},\n {\"title\":\"b\", \"c\": \"]}\\\"\"}, 1]\n",
        "{\n  \"title\": \"a\"\n}\n",
        "{\"fields\":{\"a\":1,\"body\":\"x\\n\"},\"id\":\"01234567-89ab-8def-8123-456789abcdef\",\"kind\":\"a\",\"quipu\":1}\n",
        "---\nquipu: 1\nid: \"01234567-89ab-8def-8123-456789abcdef\"\nkind: \"a\"\nbody: below\nfields:\n"
            + "  \"a\\\"\": {\"b\":[1]}\n---\n# text\n",
        "---\ntitle: &a \"x\\u00e9\"\nb: *a\nc: !t [1, {d: e}]\n? f\n: |\n  g\ntags: 'h'\n...\n```\n# i\n",
        "+++\ntitle = \"x\\u00e9\"\n[a.b]\nc = [1, {d = 'e'}] # f\nt = \"\"\"\ng\"\"\"\n+++\n# i\n",
        "---\ntitle: a: b\ntags: [x, #y]\nz: &k v\nw: *k\n\tq\n---\nText\n",
        "{\"version\":\"1\",\"feed\":{\"items\":[{\"title\":\"a\"}]},\"x\":[{\"b\":\"]\"}]}\n",
        "{\n\"title\": \"J\",\n\"date\": [\"Mon, 06 May 2024 07:08:09 GMT\"]\n}\n\nText.\n",
        "title,url,date\n\"a, \"\"b\"\"\",https://a.org,1715000000\n",
        "<?xml version=\"1.0\"?><!-- x --><rss><a/></rss>\n",
        "From: a@b\nTo: c@d\nMessage-ID: <1@b>\n\nx\n", "@article{k,\n title = {T}\n}\n",
        "Mr. X said: “No.” 中文。\r\n\r\nSecond é\u{301} one… with 2.5 things.\r\rThird",
    ]

    /// Reading must end, with events or with an error of ours.
    private func feed(_ bytes: [UInt8], as format: SourceFormat?) {
        do {
            var reader = try openSource(ByteSource(bytes: bytes, name: "memory"), as: format)
            var events = 0
            while let event = try reader.next() {
                events += 1
                if case .item(let item) = event {
                    for field in item.fields where !isCanonicalJSON(field.value) {
                        Issue.record("\(field.name) is not canonical")
                    }
                }
            }
            if events > bytes.count { Issue.record("more events than bytes") }
        } catch {
            #expect(!error.hint.isEmpty)
        }
    }

    @Test(arguments: samples)
    func `a truncated file never crashes a reader`(sample: String) {
        let bytes = Array(sample.utf8)
        for count in 0...bytes.count {
            for format in [nil, .text, .jsonl, .markdown] as [SourceFormat?] {
                feed(Array(bytes[..<count]), as: format)
                feed(Array(bytes[count...]), as: format)
            }
        }
    }

    @Test(arguments: samples)
    func `no changed byte crashes a reader`(sample: String) {
        let bytes = Array(sample.utf8)
        let replacements =
            Array("\u{0}\n\r\t \"\\{}[]:,-#&*!|>'%@`~?0a.".utf8) + [0x80, 0xC3, 0xE2, 0xED, 0xF4, 0xFF]
        for place in bytes.indices {
            for replacement in replacements {
                var changed = bytes
                changed[place] = replacement
                feed(changed, as: nil)
                feed(changed, as: sample.hasPrefix("---") ? .markdown : .jsonl)
            }
        }
    }

    @Test func `no text crashes the canonical forms of keys`() {
        var random = RandomValues(seed: 12)
        let pieces = [
            "http://", "https:", "/", "//", "@", ":", "[", "]", "%", "%2", "%2e", "%C3", "..", ".", "?", "&",
            "=", "#", "www.",
            "10.", "1000", "doi:", "doi.org/", "é", "\u{301}", "\u{200b}", " ", "\u{0}", "a", "443", "99999",
        ]
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<random.below(10) { text += pieces[random.below(pieces.count)] }
            for candidate in [text, "https://" + text, "https://a" + text, "doi:10.1/" + text] {
                if let url = CanonicalURL.canonicalize(candidate) {
                    #expect(CanonicalURL.canonicalize(url) == url, "\(candidate)")
                }
                if let doi = CanonicalDOI.canonicalize(candidate) {
                    #expect(CanonicalDOI.canonicalize(doi) == doi, "\(candidate)")
                }
                let normal = NormalisedText.normalise(candidate)
                #expect(NormalisedText.normalise(normal).utf8.elementsEqual(normal.utf8))
            }
        }
    }
}
