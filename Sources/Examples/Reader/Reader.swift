import Quipu

/// A small reader: `quipu-reader FOLDER` lists what is there, `quipu-reader FOLDER WORD…` searches, and `quipu-reader
/// FOLDER =HANDLE` shows a record with what people remarked on it.
@main enum Reader {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let path = arguments.first else {
            print("usage: quipu-reader FOLDER [WORD… | =HANDLE]")
            return
        }
        do {
            let archive = try Archive.open(at: path, as: "reader")
            let words = arguments.dropFirst().joined(separator: " ")
            if words.isEmpty {
                try list(archive)
            } else if words.hasPrefix("=") {
                try show(String(words.dropFirst()), in: archive)
            } else {
                try search(words, in: archive)
            }
        } catch let error as QuipuError {
            print("\(error.code.rawValue): \(error.message)")
        } catch {
            print("\(error)")
        }
    }

    private static func list(_ archive: Archive) throws {
        let (articles, count) = try archive.read { archive in
            (
                try archive.records(RecordFilter(kind: .article), limit: 20),
                try archive.counts()[.article] ?? 0
            )
        }
        for article in articles { print(line(article)) }
        print("\(articles.count) of \(count) articles in \(archive.name)")
    }

    private static func search(_ words: String, in archive: Archive) throws {
        let hits = try archive.read { try $0.search(words, limit: 20) }
        for hit in hits {
            print(line(hit.record))
            print("    \(hit.passage)")
        }
        if hits.isEmpty { print("nothing contains \(words)") }
    }

    private static func show(_ handle: String, in archive: Archive) throws {
        try archive.read { archive in
            let record = try archive.find(handle)
            print(line(record))
            for name in record.fields.names where name != "body" && name != "title" {
                if let text = record.fields[name]?.string { print("    \(name): \(text)") }
            }
            print(record.fields.body ?? record.fields.text ?? "")
            for remark in try archive.dependents(of: record.id) {
                print("  * \(remark.caption ?? "") \(remark.fields.text ?? "")")
            }
            for conflict in try archive.conflicts(of: record.id) {
                print(
                    "  ! \(conflict.field): \(conflict.current.author) and \(conflict.others.map(\.author))")
            }
        }
    }

    private static func line(_ record: Record) -> String {
        let tags = record.fields.tags.sorted().map { " #\($0)" }.joined()
        return "\(record.id.handle)  \(record.caption ?? "untitled")\(tags)"
    }
}
