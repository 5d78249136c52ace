internal import QuipuHTTPServer
internal import QuipuHosting
internal import QuipuReplication
internal import QuipuStorage
internal import Synchronization

/// Answers what is asked of records over HTTP (`Schema/records-http.md`).
final class RecordsInterface: ArchiveInterface {
    /// Archives that are kept open, each with some connections.
    private static let maximumOpen = 32

    private struct Opened {
        /// What it was opened for: a folder that was replaced is another one.
        let hosted: any HostedArchive
        let archive: Archive
    }

    private struct State {
        var opened: [String: Opened] = [:]
        var order: [String] = []
    }

    let author: String
    let onlyArchive: String?
    /// Exchanges that were begun from the page.
    let syncs = RunningSyncs()
    private let environment: Environment
    private let state = Mutex(State())

    /// - Parameters:
    ///   - author: of edits whose caller has no name.
    ///   - onlyArchive: the name of the one archive that is served; nil if there may be several.
    init(author: String, onlyArchive: String?, environment: Environment) {
        self.author = author
        self.onlyArchive = onlyArchive
        self.environment = environment
    }

    func answer(_ question: InterfaceQuestion, body: [UInt8]) throws -> HTTPResponse {
        let isRead = question.head.method == "GET" || question.head.method == "HEAD"
        guard isRead || question.archive.isWrittenInPlace else {
            throw Problem(
                status: 501, word: "not-writable", title: "Records are not edited here over HTTP",
                hint: "the server keeps its archives in a database: edit in a mirror, and sync")
        }
        let request = try InterfaceRequest(
            question: question, archive: archive(for: question), body: body, syncs: syncs)
        if isRead { return try request.answer() }
        return try counted(request)
    }

    /// Answers a write, and counts what it has added.
    private func counted(_ request: InterfaceRequest) throws -> HTTPResponse {
        let archive = request.archive
        let question = request.question
        // A stale edit may begin a chain of its own.
        try question.account?.require(
            QuotaAmount(origins: request.keepsBoth ? 1 : 0, branchStarts: 0, transactions: 1))
        let before = (replica: try archive.replica(), position: try archive.position())
        defer {
            if let after = try? archive.position(), after > before.position {
                let isFresh = (try? archive.replica()) != before.replica
                question.account?.note(
                    QuotaAmount(
                        origins: isFresh ? 1 : 0, branchStarts: 0,
                        transactions: Int(clamping: after.rawValue - before.position.rawValue)))
                try? question.news.announce()
            }
        }
        return try request.answer()
    }

    func problem(_ error: any Error) -> Problem { Problem(ofRecords: error) }

    private func archive(for question: InterfaceQuestion) throws -> Archive {
        let hosted = question.archive
        let known = state.withLock { $0.opened[question.name] }
        let archive: Archive
        if let known, known.hosted === hosted {
            archive = known.archive
        } else {
            archive = try Archive.open(
                ArchivePlace(hosted.folder), for: hosted.isWrittenInPlace ? .readWrite : .readOnly,
                as: author,
                in: ArchiveEnvironment(environment))
            state.withLock { state in
                state.order.removeAll { $0 == question.name }
                state.order.append(question.name)
                state.opened[question.name] = Opened(hosted: hosted, archive: archive)
                if state.order.count > Self.maximumOpen { state.opened[state.order.removeFirst()] = nil }
            }
        }
        return try archive.acting(as: question.caller.author ?? author)
    }
}
