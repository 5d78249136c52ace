internal import Glibc

/// What people run on the project that is not a script: `bench` and what it needs.
@main
struct Workbench {
    static func main() {
        let words = CommandLine.arguments
        switch words.count > 1 ? words[1] : "" {
        case "bench" where words.count == 7:
            guard let articles = Int(words[4]), let seed = UInt64(words[5]) else {
                fail("ARTICLES and SEED are numbers")
            }
            Bench(
                quipu: words[2], workbench: words[0], samples: read(words[3]), articles: articles, seed: seed,
                folder: words[6]
            ).run()
        case "raw-insert" where words.count == 4:
            do { try RawInsert.run(lines: words[2], database: words[3]) } catch { fail("\(error)") }
        case "corpus" where words.count == 6:
            guard let articles = Int(words[3]), let seed = UInt64(words[4]) else {
                fail("ARTICLES and SEED are numbers")
            }
            var corpus = Corpus(samples: read(words[2]), seed: seed)
            guard let file = fopen(words[5], "w") else { fail("cannot write \(words[5])") }
            for number in 1...max(1, articles) {
                let line = corpus.article(number)
                fwrite(line, 1, line.count, file)
            }
            fclose(file)
        case "peak" where words.count > 2: Peak.run(Array(words[2...]))
        default:
            fail(
                "usage: workbench bench QUIPU SAMPLES ARTICLES SEED FOLDER"
                    + " | raw-insert LINES DATABASE | peak PROGRAM…")
        }
    }

    private static func read(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { fail("cannot read \(path)") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { return bytes }
            bytes += block[..<count]
        }
    }
}
