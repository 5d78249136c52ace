internal import Glibc

/// What people would use instead, over the same articles: git with a file for each article, and rsync of the database or
/// of those files. What is not installed is left out, with a word.
struct Peers {
    let bench: Bench
    /// The articles, JSON Lines.
    let lines: String

    private static let edits = 100
    private var folder: String { bench.folder + "/peers" }

    func rows() -> [Row] {
        mkdir(folder, 0o755)
        let files = folder + "/files"
        writeFiles(to: files)
        return git(files) + rsync(files)
    }

    /// Over HTTP, as it is used between machines.
    private func git(_ files: String) -> [Row] {
        guard let git = Self.program("git") else {
            bench.note("git is not installed: left out")
            return []
        }
        let served = folder + "/served"
        mkdir(served, 0o755)
        run([git, "init", "--quiet", "--bare", "-b", "main", served + "/press.git"])
        let server = GitOverHTTP(git: git, root: served)
        defer { server.stop() }
        let url = server.url
        run([git, "-C", files, "init", "--quiet", "-b", "main"])
        for (name, value) in [
            ("user.name", "ana"), ("user.email", "ana@example.org"), ("gc.auto", "0"),
            ("http.postBuffer", "1073741824"),
        ] {
            run([git, "-C", files, "config", name, value])
        }
        func seconds(_ words: [[String]]) -> Double { words.reduce(0) { $0 + run($1) } }
        let added = seconds([
            [git, "-C", files, "add", "."], [git, "-C", files, "commit", "--quiet", "-m", "all"],
        ])
        let pushed = seconds([[git, "-C", files, "push", "--quiet", url, "main"]])
        let cloned = seconds([[git, "clone", "--quiet", url, folder + "/clone"]])
        edit(files)
        let edited = seconds([
            [git, "-C", files, "commit", "--quiet", "-a", "-m", "edits"],
            [git, "-C", files, "push", "--quiet", url, "main"],
        ])
        return [
            Row(name: "git: add and commit all", values: [added], unit: "s"),
            Row(name: "git: push all", values: [pushed], unit: "s"),
            Row(name: "git: clone", values: [cloned], unit: "s"),
            Row(name: "git: commit and push 100 edits", values: [edited * 1_000], unit: "ms"),
        ]
    }

    private func rsync(_ files: String) -> [Row] {
        guard let rsync = Self.program("rsync") else {
            bench.note("rsync is not installed: left out")
            return []
        }
        let database = bench.folder + "/run\(bench.options.runs)/ben/.quipu/archive.sqlite"
        let first = run([rsync, "-a", database, folder + "/database"])
        let again = run([rsync, "-a", "--ignore-times", "--no-whole-file", database, folder + "/database"])
        let folderFirst = run([rsync, "-a", "--exclude=.git", files + "/", folder + "/mirror"])
        edit(files)
        let folderAgain = run([rsync, "-a", "--exclude=.git", files + "/", folder + "/mirror"])
        return [
            Row(name: "rsync: the database, all", values: [first], unit: "s"),
            Row(name: "rsync: the database, nothing new", values: [again * 1_000], unit: "ms"),
            Row(name: "rsync: a file for each article, all", values: [folderFirst], unit: "s"),
            Row(name: "rsync: a file for each article, 100 edits", values: [folderAgain * 1_000], unit: "ms"),
        ]
    }

    /// A thousand in a folder, as people would.
    private func writeFiles(to folder: String) {
        mkdir(folder, 0o755)
        guard let file = fopen(lines, "r") else { fail("cannot read \(lines)") }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        for number in 0... {
            let count = getline(&line, &capacity, file)
            guard count > 0, let line else { return }
            if number % 1_000 == 0 { mkdir("\(folder)/\(number / 1_000)", 0o755) }
            guard let article = fopen(path(number, in: folder), "w") else {
                fail("cannot write in \(folder)")
            }
            fwrite(line, 1, count, article)
            fclose(article)
        }
    }

    private func path(_ number: Int, in folder: String) -> String {
        "\(folder)/\(number / 1_000)/\(number).json"
    }

    private func edit(_ folder: String) {
        let step = max(1, bench.options.articles / Self.edits)
        for number in stride(from: 0, to: bench.options.articles, by: step) {
            guard let article = fopen(path(number, in: folder), "a") else { continue }
            fputs("{\"tags\":[\"checked\"]}\n", article)
            fclose(article)
        }
    }

    /// - Returns: seconds.
    @discardableResult
    private func run(_ words: [String]) -> Double {
        let outcome = ChildProcess(words).wait()
        if outcome.exitCode != 0 { fail("\(words.joined(separator: " ")) ended with \(outcome.exitCode)") }
        return outcome.wallMilliseconds / 1_000
    }

    private static func program(_ name: String) -> String? {
        ["/usr/bin/", "/usr/local/bin/"].map { $0 + name }.first { access($0, X_OK) == 0 }
    }
}
