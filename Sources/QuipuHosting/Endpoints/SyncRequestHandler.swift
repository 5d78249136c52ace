internal import QuipuCBOR
internal import QuipuHTTPServer
internal import QuipuReplication
internal import QuipuStorage
internal import QuipuWire

/// `POST /v1/archives/{name}/sync`: reads the message as it arrives, then replies.
final class SyncRequestHandler: HTTPRequestHandler {
    private let name: String
    private let backend: any ArchiveBackend
    private let channels: ArchiveChannels
    private let caller: Caller
    /// The mark of the caller's own archive, if it was sent.
    private let callerMark: String?
    private let metrics: Metrics
    private let limits: RequestLimits
    /// The reservation, held as long as this request.
    private let place: AdmissionControl.Place
    private let reportFault: FaultHandler
    private var message: IncomingMessage?
    private var receivedBytes = 0
    /// When the first bytes arrived that are not applied yet.
    private var openSince = ContinuousClock.now
    /// The rest of the message counts only when it is complete.
    private var mustWait = false
    /// How often proved segments are applied: a link that breaks unnoticed, as when a laptop is closed, loses only
    /// what arrived since.
    private static let keeping = Duration.seconds(1)
    /// For fewer bytes the throughput cannot be measured, and the response should stay small.
    private static let leastTimedBytes = 64 << 10

    init(
        name: String, backend: any ArchiveBackend, channels: ArchiveChannels, caller: Caller,
        callerMark: String?,
        metrics: Metrics, limits: RequestLimits, place: AdmissionControl.Place,
        reportFault: @escaping FaultHandler
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

    /// Applies the proved part of the message: over a bad link the client continues after it the next time.
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
            // There is no response yet; the caller is told of errors at the end of the message.
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
                    // What was applied is announced, also if the reply failed.
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
            if isReadOnly { headers.append(("Quipu-Role", caller.role.rawValue)) }
            if receivedBytes + reply.bytes.count >= Self.leastTimedBytes {
                // Lets the caller subtract the server's time from the duration.
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

    /// The requested archive; created on the first push, if that is allowed. A mere handshake creates none, and
    /// neither does a caller that states an agreement: its archive was moved or lost, and must not be recreated
    /// unnoticed.
    private func archive(for header: MessageHeader?) throws -> (any HostedArchive)? {
        if let archive = try backend.archive(named: name) { return archive }
        guard caller.mayCreate, let header, let id = header.archive, header.budgetBytes > 0,
            header.agreed == nil
        else {
            return nil
        }
        // The header of an interrupted or corrupted message may be wrong, and the id is permanent.
        _ = try message?.finish()
        if message?.isBare == false {
            try limits.requireRoom(sizeBytes: 0, addedBytes: receivedBytes)
        }
        return try backend.create(named: name, id: id)
    }
}
