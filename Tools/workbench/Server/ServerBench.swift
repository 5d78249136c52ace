internal import Glibc

/// What a server bears: syncs with nothing to do beside a bare reply, and very many mirrors of one archive.
struct ServerBench {
    let quipu: String
    /// The program of Tools/bench.c.
    let bare: String
    let wrk: String
    let folder: String
    let options: Options

    struct Options {
        var mirrors = 1_000
        /// Of PostgreSQL: the mirrors then meet through two processes over it. Nil for one process over a folder.
        var database: String?
        var isJSON = false
    }

    /// - Returns: whether every bar was met.
    func run() -> Bool {
        if !options.isJSON { print(Row.heading) }
        var rows = SyncRate(quipu: quipu, bare: bare, wrk: wrk, folder: folder + "/rate").measure()
        for row in rows { report(row) }
        if options.mirrors > 0 {
            let meeting = Meeting(
                quipu: quipu, folder: folder + "/mirrors", count: options.mirrors, database: options.database)
            for row in meeting.measure() {
                rows.append(row)
                report(row)
            }
        }
        return !rows.contains { $0.isMet == false }
    }

    private func report(_ row: Row) {
        print(options.isJSON ? String(decoding: row.json, as: UTF8.self) : row.line)
        fflush(nil)
    }
}

extension ChildProcess {
    /// All that it still says.
    func readAll() -> String {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(output, &block, block.count)
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += block[..<count]
        }
    }
}
