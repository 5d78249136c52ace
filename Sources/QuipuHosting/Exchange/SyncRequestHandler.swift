internal import QuipuHTTPServer
internal import QuipuReplication
internal import QuipuStorage
internal import QuipuWire

/// `POST /v1/archives/{name}/sync`: reads the message as it comes in, then answers it.
final class SyncRequestHandler: HTTPRequestHandler {
    private let name: String
    private let backend: any ArchiveBackend
    private let channels: ArchiveChannels
    private let caller: Caller
    /// Of the caller's own file, where it told it.
    private let callerMark: String?
    private let metrics: Metrics
    private let limits: RequestLimits
    /// Held as long as this is.
    private let place: AdmissionControl.Place
    private let reportFault: Server.FaultHandler
    private var message: IncomingMessage?
    private var receivedBytes = 0
    /// Since when bytes have come of which nothing was taken.
    private var openSince = ContinuousClock.now
    /// Nothing of it counts any more before it is all there.
    private var mustWait = false
    /// Whoever is cut off where nobody notices, as by a lid that shuts, loses no more than what came since.
    private static let keeping = Duration.seconds(1)
    /// An exchange of fewer bytes tells nobody how fast the link is, and is to stay small.
    private static let leastTimedBytes = 64 << 10

    init(
        name: String, backend: any ArchiveBackend, channels: ArchiveChannels, caller: Caller,
        callerMark: String?,
        metrics: Metrics, limits: RequestLimits, place: AdmissionControl.Place,
        reportFault: @escaping Server.FaultHandler
    ) throws {
        self.name = name
        self.backend = backend
        self.channels = channels
        self.caller = caller
        self.callerMark = callerMark
        self.metrics = metrics
        self.limits = limits
        self.place = place
        self.reportFault = reportFault
        message = try IncomingMessage()
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws {
        do {
            receivedBytes += bytes.count
            try message?.feed(bytes)
            let now = ContinuousClock.now
            if !mustWait, now - openSince >= Self.keeping, message?.hasCheckpoint == true {
                keep()
                openSince = .now
            }
        } catch {
            cut()
            throw HTTPErrorResponse(Problem(error).response)
        }
    }

    /// Keeps what has come and is proved: whoever sends over a bad link begins behind it the next time.
    func cut() {
        keep()
        message = nil
    }

    private func keep() {
        guard caller.role >= .writer, let part = message?.partialMessage else { return }
        mustWait = true
        do {
            guard let archive = try backend.archive(named: name) else { return }
            try limits.requireRoom(sizeBytes: archive.sizeBytes(), addedBytes: receivedBytes)
            let token = caller.boundedToken
            let (taken, segmentCount) = try archive.keep(
                part, allowing: token.flatMap { try limits.quota?.left(to: $0) })
            message?.drop(segmentCount: segmentCount)
            mustWait = segmentCount < part.segmentCount
            if let token { limits.quota?.note(taken, by: token) }
            try channels.announce(name, repeating: true) { try archive.mark() }
        } catch {
            // Nobody waits for an answer; of what is wrong the caller hears at the message's end.
            if Problem(error).isFault {
                reportFault("archive '\(name)': \(StorageError.presentable(error))")
            }
        }
    }

    func finish() -> HTTPResponse {
        let started = ContinuousClock.now
        do {
            guard let archive = try archive(for: message?.header) else {
                return Problem.noSuchArchive(name).response
            }
            if let callerMark, callerMark.utf8.count > 1, archive.folder.fileMark == callerMark {
                throw Problem.sameArchive
            }
            if message?.isBare == false {
                try limits.requireRoom(sizeBytes: archive.sizeBytes(), addedBytes: receivedBytes)
            }
            guard let message = message.take() else { throw WireError(.cut, "the message was cut short") }
            var tally = Metrics.ExchangeTally()
            tally.piecesReceived = 1
            tally.transactionsReceived = UInt64(message.transactions.count)
            let isReadOnly = caller.role < .writer
            let brings = (!message.transactions.isEmpty, texts: !message.texts.isEmpty)
            let joins = message.header?.branchStarts.isEmpty == false
            defer {
                if !isReadOnly, brings.0 || brings.texts || joins {
                    // What was kept is to be seen by all, also where the reply could not be made.
                    try? channels.announce(name, repeating: brings.texts) { try archive.mark() }
                }
            }
            let token = brings.0 || joins ? caller.boundedToken : nil
            let allowed = try token.flatMap { try limits.quota?.left(to: $0) }
            let reply = try archive.answer(message, isReadOnly: isReadOnly, allowing: allowed)
            if let token { limits.quota?.note(reply.taken, by: token) }
            tally.piecesSent = 1
            tally.transactionsSent = UInt64(reply.transactionCount)
            metrics.note(tally)
            var headers = [("Content-Type", ExchangeMedia.type)]
            if receivedBytes + reply.bytes.count >= Self.leastTimedBytes {
                // So that the caller can tell the link's part of the time from ours.
                let milliseconds = Int((ContinuousClock.now - started) / .milliseconds(1))
                headers.append(("Server-Timing", "sync;dur=\(milliseconds)"))
            }
            return HTTPResponse(status: 200, headers: headers, body: .bytes(reply.bytes))
        } catch {
            var problem = Problem(error)
            if problem.status == 429, let quota = limits.quota {
                problem.headers = [("Retry-After", String(quota.secondsLeftToday))]
            }
            if problem.isFault { reportFault("archive '\(name)': \(StorageError.presentable(error))") }
            return problem.response
        }
    }

    /// The archive that is asked for; made on the first push, where that is allowed. A mere inquiry makes none, and
    /// neither does one who says that it was in step with it: that archive was moved or lost, and is not to be made
    /// anew without somebody's knowing.
    private func archive(for header: MessageHeader?) throws -> (any HostedArchive)? {
        if let archive = try backend.archive(named: name) { return archive }
        guard caller.mayCreate, let header, let id = header.archive, header.budgetBytes > 0,
            header.agreed == nil
        else {
            return nil
        }
        // Of a message that was cut or changed on the way the header may be wrong, and the id is for ever.
        _ = try message?.finish()
        if message?.isBare == false {
            try limits.requireRoom(sizeBytes: 0, addedBytes: receivedBytes)
        }
        return try backend.create(named: name, id: id)
    }
}
