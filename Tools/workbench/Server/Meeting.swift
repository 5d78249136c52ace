internal import Glibc
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage
internal import QuipuThreads
internal import Synchronization

/// Very many mirrors of one archive: each pushes an edit of its own and pulls all others', a few at a time, until all
/// hold the same. They live in this process, on disk; each is a client of its own, with a connection of its own.
struct Meeting {
    let quipu: String
    let folder: String
    let count: Int
    /// Two servers share it; nil for one server over a folder.
    let database: String?

    private static let threads = 8
    /// One to bring everything together, one to carry it to everybody, one in case.
    private static let maximumRounds = 3

    func measure() -> [Row] {
        mkdir(folder, 0o755)
        let place = database.map { ["--database", $0] } ?? ["--root", folder + "/root"]
        let servers = (0..<(database == nil ? 1 : 2)).map { _ in
            ChildProcess([quipu, "serve", "--quiet", "--listen", "127.0.0.1:0"] + place)
        }
        let urls = servers.map { $0.readLine() + "/press" }
        let mirrors = Mirrors(folder: folder, urls: urls, archive: Environment.system.randomArchiveID())

        let began = ChildProcess.nowMilliseconds()
        each { try mirrors.make($0) }
        let made = ChildProcess.nowMilliseconds()
        var rounds = 0
        repeat {
            rounds += 1
            each { try mirrors.sync($0) }
        } while !mirrors.isAgreed(by: count) && rounds < Self.maximumRounds
        let ended = ChildProcess.nowMilliseconds()
        guard mirrors.isAgreed(by: count) else { fail("after \(rounds) rounds not all mirrors are equal") }
        do {
            for url in urls {
                let held = try Handshake(over: HTTPTransport(ArchiveURL(url)))
                guard held.digest == mirrors.digest, held.vector.entries.count == count else {
                    fail("the server holds something else")
                }
            }
        } catch { fail("\(error)") }

        var peakKibibytes = 0
        for server in servers {
            server.terminate()
            let outcome = server.wait()
            if outcome.exitCode != 0 { fail("a server did not end well") }
            peakKibibytes = max(peakKibibytes, outcome.peakKibibytes)
        }
        let seconds = (ended - made) / 1_000
        let what = "\(count) mirrors" + (database == nil ? "" : ", two processes")
        return [
            Row(name: "\(what): made, an edit each", values: [(made - began) / 1_000], unit: "s"),
            Row(name: "\(what): until all digests are equal", values: [seconds], unit: "s"),
            Row(name: "\(what): requests", values: [Double(mirrors.requests)], unit: ""),
            Row(
                name: "\(what): records received", values: [Double(mirrors.received) / seconds], unit: "/s"),
            Row(
                name: "\(what): server, peak memory", values: [Double(peakKibibytes) / 1_024], unit: "MiB",
                bar: .atMost(Bench.memoryLimitMebibytes)),
        ]
    }

    /// Runs `body` for each mirror, on as many threads as there are.
    private func each(_ body: @escaping @Sendable (Int) throws -> Void) {
        let next = Next(below: count)
        let threads = (0..<Self.threads).map { _ in
            JoinableThread {
                while let index = next.take() {
                    do { try body(index) } catch { fail("mirror \(index): \(error)") }
                }
            }
        }
        for thread in threads {
            guard let thread else { fail("no thread could be started") }
            thread.join()
        }
    }
}

/// Numbers, each given to one thread.
private final class Next: Sendable {
    private let number = Atomic(0)
    private let end: Int

    init(below end: Int) { self.end = end }

    func take() -> Int? {
        let taken = number.add(1, ordering: .relaxed).oldValue
        return taken < end ? taken : nil
    }
}

/// Only as many are open at a time as threads use them.
private final class Mirrors: Sendable {
    private struct State {
        var agreements: [Int: Agreement] = [:]
        var digests: [Int: Digest] = [:]
        var requests = 0
        var received = 0
    }

    private let folder: String
    private let urls: [String]
    private let archive: ArchiveID
    private let state = Mutex(State())

    init(folder: String, urls: [String], archive: ArchiveID) {
        self.folder = folder
        self.urls = urls
        self.archive = archive
    }

    var requests: Int { state.withLock { $0.requests } }
    var received: Int { state.withLock { $0.received } }
    var digest: Digest? { state.withLock { $0.digests[0] } }

    func isAgreed(by count: Int) -> Bool {
        state.withLock { $0.digests.count == count && Set($0.digests.values).count == 1 }
    }

    func make(_ index: Int) throws {
        let store = try Store.create(in: "\(folder)/\(index)", id: archive, name: "press")
        _ = try store.edit([Edit.article(titled: "of \(index)")], author: "mirror \(index)")
    }

    func sync(_ index: Int) throws {
        guard let place = ArchiveFolder.at("\(folder)/\(index)") else { fail("mirror \(index) is gone") }
        let store = try Store(opening: place)
        let transport = HTTPTransport(try ArchiveURL(urls[index % urls.count]))
        let known = state.withLock { $0.agreements[index] }
        let (report, agreement) = try Synchronizer(store, over: transport).run(agreement: known)
        let digest = try store.digest
        state.withLock { state in
            state.agreements[index] = agreement
            state.digests[index] = digest
            state.requests += report.roundTrips
            state.received += report.received
        }
    }
}

extension Environment {
    fileprivate func randomArchiveID() -> ArchiveID {
        guard let id = ArchiveID(bytes: randomBytes(16)) else { fail("there is no randomness") }
        return id
    }
}
