import QuipuCanonicalJSON
import QuipuFormats
import Testing

/// Each sample of the formats of annotations, read-later services and tables, cut at every place.
@Suite struct CutSourcesTests {
    private static let samples: [(SourceFormat, String)] =
        HypothesisSamples.all.map { (.hypothesis, $0) } + WebAnnotationSamples.all.map { (.w3c, $0) }
        + ReadLaterSamples.wallabag.map { (.wallabag, $0) }
        + ReadLaterSamples.omnivore.map { (.omnivore, $0) }
        + ReadLaterSamples.readwise.map { (.readwise, $0) } + ReadLaterSamples.pocket.map { (.pocket, $0) }
        + ReadLaterSamples.instapaper.map { (.instapaper, $0) } + TableSamples.all.map { (.csv, $0) }

    @Test(arguments: samples.indices)
    func `a cut file gives no item that the whole does not give`(index: Int) throws {
        let (format, text) = Self.samples[index]
        let whole = try Reading(text, as: format)
        let known = Set(whole.items.map { ($0.foreignID ?? "") + ($0.texts["url"] ?? "") })
        let bytes = Array(text.utf8)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            guard let cut = try? Reading(Array(bytes[..<count]), as: format) else { continue }
            #expect(cut.items.count <= whole.items.count)
            // Of a table the last cell may be cut; of JSON nothing is taken that does not end.
            guard ![.csv, .pocket, .instapaper, .readwise].contains(format) else { continue }
            for item in cut.items {
                #expect(known.contains((item.foreignID ?? "") + (item.texts["url"] ?? "")), "\(item.texts)")
            }
        }
        for count in stride(from: 0, to: bytes.count, by: 11) {
            _ = try? Reading(Array(bytes[count...]), as: format)
            _ = try? Reading(Array(bytes[..<count]) + [0] + Array(bytes[count...]), as: format)
        }
    }

    @Test func `the formats of the samples are recognised`() throws {
        for (format, text) in Self.samples where format != .csv {
            var reader = try openSource(ByteSource(bytes: Array(text.utf8), name: "memory"), as: nil)
            var named = try openSource(ByteSource(bytes: Array(text.utf8), name: "memory"), as: format)
            #expect(reader.formatName == named.formatName, "\(text.prefix(80))")
            _ = (try reader.next(), try named.next())
        }
    }

    @Test func `annotations with ten thousand levels or a hundred thousand selectors are read to their end`()
        throws
    {
        let deep = String(repeating: #"{"a":"#, count: 10_000) + "1" + String(repeating: "}", count: 10_000)
        let annotation =
            #"{"id":"x","user":"acct:a@b","uri":"https://a.example","target":[{"selector":[@]}],"text":"t"}"#
        let nested =
            String(repeating: #"{"type":"X","refinedBy":"#, count: 50) + "{}"
            + String(repeating: "}", count: 50)
        for text in [
            annotation.replacing("@", with: deep), annotation.replacing("@", with: nested),
            annotation.replacing("@", with: Array(repeating: "{}", count: 100_000).joined(separator: ",")),
        ] {
            let reading = try Reading(text, as: .hypothesis)
            #expect(reading.items.count + reading.rejections.count >= 1)
        }
    }
}
