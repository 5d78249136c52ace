internal import Glibc

/// What people run on the project that is not a script: `bench` and what it needs.
@main
struct Workbench {
    private static let usage = """
        usage: workbench bench QUIPU SAMPLES FOLDER [--articles N] [--seed S] [--runs N] [--json] [--peers]
             | server QUIPU BARE WRK FOLDER [--mirrors N] [--database URL] [--json]
             | live QUIPU FOLDER [--edits N] [--watchers N] [--json]
             | raw-insert DATABASE LINES… | bare-insert DATABASE LINES… | peak PROGRAM…
        """

    static func main() {
        let words = CommandLine.arguments
        switch words.count > 1 ? words[1] : "" {
        case "bench" where words.count >= 5:
            let bench = Bench(
                quipu: words[2], workbench: words[0], samples: read(words[3]), folder: words[4],
                options: options(Array(words[5...])))
            if !bench.run() { exit(1) }
        case "server" where words.count >= 6:
            let bench = ServerBench(
                quipu: words[2], bare: words[3], wrk: words[4], folder: words[5],
                options: serverOptions(Array(words[6...])))
            if !bench.run() { exit(1) }
        case "live" where words.count >= 4:
            let bench = LiveBench(
                quipu: words[2], folder: words[3], options: liveOptions(Array(words[4...])))
            if !bench.run() { exit(1) }
        case "raw-insert" where words.count > 3:
            do { try RawInsert.run(files: Array(words[3...]), database: words[2]) } catch { fail("\(error)") }
        case "bare-insert" where words.count > 3:
            RawInsert.runBare(files: Array(words[3...]), database: words[2])
        case "peak" where words.count > 2: Peak.run(Array(words[2...]))
        default: fail(usage)
        }
    }

    private static func options(_ words: [String]) -> Bench.Options {
        var options = Bench.Options()
        var rest = words[...]
        func number<Number: FixedWidthInteger>(_ option: String) -> Number {
            guard let word = rest.popFirst(), let number = Number(word) else {
                fail("\(option) takes a number")
            }
            return number
        }
        while let word = rest.popFirst() {
            switch word {
            case "--articles": options.articles = number(word)
            case "--seed": options.seed = number(word)
            case "--runs": options.runs = number(word)
            case "--json": options.isJSON = true
            case "--peers": options.comparesPeers = true
            default: fail(usage)
            }
        }
        return options
    }

    private static func liveOptions(_ words: [String]) -> LiveBench.Options {
        var options = LiveBench.Options()
        var rest = words[...]
        func number(_ option: String) -> Int {
            guard let number = rest.popFirst().flatMap({ Int($0) }), number >= 0 else {
                fail("\(option) takes a number")
            }
            return number
        }
        while let word = rest.popFirst() {
            switch word {
            case "--edits": options.edits = number(word)
            case "--watchers": options.watchers = number(word)
            case "--json": options.isJSON = true
            default: fail(usage)
            }
        }
        return options
    }

    private static func serverOptions(_ words: [String]) -> ServerBench.Options {
        var options = ServerBench.Options()
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--json": options.isJSON = true
            case "--mirrors":
                guard let count = rest.popFirst().flatMap({ Int($0) }), count >= 0 else {
                    fail("--mirrors takes a number")
                }
                options.mirrors = count
            case "--database":
                guard let url = rest.popFirst() else { fail("--database takes a URL") }
                options.database = url
            default: fail(usage)
            }
        }
        return options
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
