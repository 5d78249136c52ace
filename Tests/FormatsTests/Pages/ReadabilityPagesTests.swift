import Foundation
import QuipuCanonicalJSON
import Testing

@testable import QuipuFormats

/// The pages of mozilla/readability, which are not kept here: `QUIPU_READABILITY_PAGES` names their folder
/// (`test/test-pages` of its repository). How much of the words of what it expects is found, and no others (F1).
@Suite struct ReadabilityPagesTests {
    private static let folder = ProcessInfo.processInfo.environment["QUIPU_READABILITY_PAGES"]

    private static func words(_ text: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            counts[String(word), default: 0] += 1
        }
        return counts
    }

    private static func agreement(_ one: [String: Int], _ other: [String: Int]) -> Double {
        let (first, second) = (one.values.reduce(0, +), other.values.reduce(0, +))
        if first == 0 || second == 0 { return first == second ? 1 : 0 }
        let common = one.reduce(0) { $0 + min($1.value, other[$1.key] ?? 0) }
        return 2 * Double(common) / Double(first + second)
    }

    private static func page(_ folder: String, _ name: String) throws -> MarkupTree {
        try MarkupTree.html(Array(Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))))
    }

    @Test(.enabled(if: folder != nil))
    func `articles are found as well as the field's own tools find them`() throws {
        let folder = try #require(Self.folder)
        var figures: [(name: String, value: Double)] = []
        var (titles, bylines, bylinesExpected) = (0, 0, 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let path = folder + "/" + name
            let page = try Self.page(path, "source.html")
            let expected = try Self.page(path, "expected.html").document.text
            let metadata = PageMetadata(page, address: "http://fakehost/test/page.html")
            let found = ArticleExtraction(
                page, title: metadata.title, knowsByline: !metadata.authors.isEmpty)
            let value = Self.agreement(
                Self.words(found.elements.map(\.text).joined(separator: "\n")), Self.words(expected))
            figures.append((name, value))
            let facts = try JSONParser().parse(
                Array(Data(contentsOf: URL(fileURLWithPath: path + "/expected-metadata.json"))))
            let title = facts["title"]?.string ?? ""
            if PageText.line(title) == metadata.title {
                titles += 1
            } else {
                print("title of \(name): \(metadata.title) | \(title)")
            }
            let byline = facts["byline"]?.string ?? ""
            let own = metadata.authors.isEmpty ? found.byline ?? "" : metadata.authors.joined(separator: ", ")
            bylinesExpected += byline.isEmpty ? 0 : 1
            if Byline.name(byline) == Byline.name(own) {
                bylines += 1
            } else {
                print("byline of \(name): \(own) | \(byline)")
            }
        }
        let sorted = figures.map(\.value).sorted()
        let count = sorted.count
        for figure in figures.sorted(by: { $0.value < $1.value }).prefix(30) { print(figure) }
        let (median, mean) = (sorted[count / 2], sorted.reduce(0, +) / Double(count))
        let tenth = sorted[count / 10]
        print("pages \(count), median \(median), mean \(mean), tenth percentile \(tenth)")
        print("titles \(titles), bylines \(bylines) (\(bylinesExpected) pages have one)")
        #expect(median >= 0.985 && mean >= 0.96 && tenth >= 0.90)
    }
}
