import Foundation
import QuipuCanonicalJSON
import QuipuFormats
import Testing

/// Reads files of other projects' suites and compares what comes out with what those projects expect. The files are named by
/// `QUIPU_REFERENCE_CORPUS`: a JSON array of `{suite, name, format, path or input, expected: [{title, year, authors}]}`.
@Suite struct ReferenceCorpusTests {
    private struct Score {
        var entries = (found: 0, expected: 0)
        var titles = 0
        var years = 0
        var authors = (right: 0, expected: 0)
    }

    @Test func `other projects' references have at least 99 of 100 entries, titles and years`() throws {
        guard let path = ProcessInfo.processInfo.environment["QUIPU_REFERENCE_CORPUS"] else { return }
        let corpus = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
        var scores: [String: Score] = [:]
        for sample in try #require(corpus as? [[String: Any]]) {
            let suite = sample["suite"] as? String ?? ""
            let name = sample["name"] as? String ?? ""
            let expected = sample["expected"] as? [[String: Any]] ?? []
            let format = (sample["format"] as? String).flatMap(SourceFormat.init(rawValue:))
            let bytes =
                try (sample["input"] as? String).map { Array($0.utf8) }
                ?? Array(Data(contentsOf: URL(fileURLWithPath: sample["path"] as? String ?? "")))
            let reading: Reading
            do {
                reading = try Reading(bytes, as: format, name: name)
            } catch {
                print("\(suite): \(name): \(error)")
                scores[suite, default: Score()].entries.expected += expected.count
                continue
            }
            compare(reading, expected, &scores[suite, default: Score()], "\(suite): \(name)")
        }
        for (suite, score) in scores.sorted(by: { $0.key < $1.key }) {
            print(
                "\(suite): entries \(score.entries.found)/\(score.entries.expected), titles \(score.titles), years \(score.years), authors \(score.authors.right)/\(score.authors.expected)"
            )
            let expected = score.entries.expected
            #expect(score.entries.found * 100 >= expected * 99, "\(suite)")
            #expect(score.titles * 100 >= expected * 99, "\(suite)")
            #expect(score.years * 100 >= expected * 99, "\(suite)")
        }
    }

    private func compare(_ reading: Reading, _ expected: [[String: Any]], _ score: inout Score, _ name: String) {
        var left = reading.items.filter { $0.kind == "article" }.map { item in
            (
                title: normal(text(item, "title")), year: String(text(item, "date").prefix(4)),
                authors: text(item, "author"), isUsed: false
            )
        }
        score.entries.expected += expected.count
        score.entries.found += min(left.count, expected.count)
        if left.count != expected.count {
            print("\(name): \(left.count) entries, \(expected.count) expected; \(reading.rejections.map(\.reason).prefix(3))")
        }
        for entry in expected {
            let title = normal(entry["title"] as? String ?? "")
            let year = entry["year"] as? String ?? ""
            let place =
                left.firstIndex { !$0.isUsed && $0.title == title && $0.year == year }
                ?? left.firstIndex { !$0.isUsed && $0.title == title }
            guard let place else {
                if title.isEmpty { score.titles += 1 }
                if title.isEmpty { score.years += 1 } else { print("\(name): no title \(entry["title"] ?? "")") }
                continue
            }
            left[place].isUsed = true
            score.titles += 1
            if year.isEmpty || left[place].year == year {
                score.years += 1
            } else {
                print("\(name): \(entry["title"] ?? ""): year \(left[place].year), \(year) expected")
            }
            guard let authors = entry["authors"] as? [String] else { continue }
            let found = normal(left[place].authors)
            score.authors.expected += authors.count
            for author in authors {
                if found.contains(normal(author)) { score.authors.right += 1 } else { print("\(name): no author \(author) in \(left[place].authors)") }
            }
        }
    }

    private func text(_ item: SourceItem, _ field: String) -> String {
        guard let value = item[field] else { return "" }
        return decodeString(value) ?? String(decoding: value, as: UTF8.self)
    }

    /// Letters and digits, without case and markup.
    private func normal(_ text: String) -> String {
        let plain = text.replacing(/<[^>]*>/, with: "").replacing(/\$|\\[a-z]+|[{}]/, with: "")
        return String(plain.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil).filter { $0.isLetter || $0.isNumber })
    }
}
