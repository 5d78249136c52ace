import Foundation
import QuipuAnchoring
import QuipuCanonicalJSON
import Testing

@testable import QuipuFormats

/// Pages with annotations of Hypothes.is as other people's suites have them, where the environment names their folder: for each
/// `NAME.html` a `NAME.json` with the annotations, in the form of the API. A row may have the member `expected`, the passage as
/// the page has it now, or null where it is gone.
@Suite struct AnchoringBaselineTests {
    private static let folder = ProcessInfo.processInfo.environment["QUIPU_ANCHORING_BASELINES"]

    /// Letters and digits, without the destinations of links.
    private func folded(_ text: String) -> String {
        let text = text.replacing(/\]\([^\s)]*\)/, with: "")
        return folded(words: text)
    }

    private func folded(words text: String) -> String {
        String(
            text.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }.map(
                Character.init)
        )
        .lowercased()
    }

    @Test(.enabled(if: folder != nil))
    func `annotations of the baseline files are anchored, and none at a wrong place`()
        throws
    {
        let folder = try #require(Self.folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".html")
        }.sorted()
        #expect(!names.isEmpty)
        for name in names {
            let page = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            let rows = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name.dropLast(4) + "json"))
            let annotations = try #require(try JSONParser().parse(Array(rows))["rows"]?.array)
            let text = AnchoringText(Array(ReadingText.fromHTML(page, base: nil).unicodeScalars))
            var (anchored, wanted, wrong) = (0, 0, 0)
            for row in annotations {
                let target = row["target"]?.array?.first
                guard let passage = Selectors(target?["selector"]).passage else { continue }
                let expected = row["expected"]
                if expected?.isNull != true { wanted += 1 }
                let anchor = text.anchor(
                    Quotation(
                        exact: Array(passage.exact.unicodeScalars),
                        prefix: Array(passage.prefix.unicodeScalars),
                        suffix: Array(passage.suffix.unicodeScalars),
                        place: passage.start.map {
                            Quotation.place(ofForeign: $0, length: nil, in: text.scalars.count)
                        }))
                guard let anchor else { continue }
                anchored += 1
                let found = folded(String(String.UnicodeScalarView(text.scalars[anchor.range])))
                let right = folded(expected?.string ?? passage.exact)
                // Of what was edited, most must be the passage; of what was not, all.
                let isRight =
                    expected?.isNull == true
                    ? false
                    : found == right
                        || anchor.method == .fuzzy && found.contains(right.dropFirst(12).dropLast(12))
                if !isRight {
                    wrong += 1
                    print("\(name): wrong: “\(found)” for “\(right)”, \(anchor)")
                }
            }
            print("\(name): \(anchored) of \(wanted) anchored, \(wrong) wrong")
            #expect(wrong == 0 && anchored >= wanted, "\(name): \(anchored) of \(wanted), \(wrong) wrong")
        }
    }
}
