internal import QuipuThreads

/// A source that another process reads. What goes wrong there costs the record that was looked into, where the source has
/// records that can be passed over; else what was not read yet of this source, and nothing else.
struct IsolatedReader: SourceReader {
    /// Has another process begin anew, with this record as the first; nil where that cannot be.
    typealias Again = (_ firstRecord: Int) throws(InterchangeError) -> ReaderProcess?

    /// Each time the source is gone through from its beginning.
    private static let maximumRestarts = 20

    private let session: Session
    private let again: Again?
    private var restarts = 0

    init(
        of name: String, process: ReaderProcess, owner: ReaderProcesses, mayWait: Bool,
        supplier: PageSupplier? = nil, again: Again? = nil
    ) {
        session = Session(of: name, process: process, owner: owner, mayWait: mayWait, supplier: supplier)
        self.again = again
    }

    var formatName: String { session.formatName }
    var consumedBytes: Int? { session.consumedBytes }

    /// Waits until the other process knows what the source is.
    func open() throws(InterchangeError) {
        while true {
            switch try session.receive() {
            case .opened(let formatName)?:
                session.formatName = formatName
                return
            case .working?: continue
            case .failed(let error)?:
                session.finish()
                throw error
            case .wants(let path)?:
                try session.answer(path)
                continue
            case .ready?, .record?, .event?, .finished?: session.stop("it said what was not asked")
            case nil: break
            }
            throw InterchangeError(
                code: .unreadable, operation: "read", path: session.name,
                message: "the process that read it was stopped: \(session.fault ?? "it ended")",
                hint:
                    "Check the file with the program that wrote it; the rest of an import goes on without it."
            )
        }
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while !session.isFinished {
            switch try session.receive() {
            case .event(let event)?:
                let event = event.placed(inside: session.name)
                session.lastPlace = event.place
                session.record = nil
                if case .item = event { session.items += 1 }
                return event
            case .record(let number, let place)?:
                session.record = (number, SourceEvent.remark(place, "").placed(inside: session.name).place)
            case .working?: continue
            case .wants(let path)?: try session.answer(path)
            case .finished?: session.finish()
            case .failed(let error)?:
                session.finish()
                throw error
            case .ready?, .opened?: session.stop("it said what was not asked")
            case nil: break
            }
        }
        guard let fault = session.takeFault() else { return nil }
        if let record = session.record, try goOn(behind: record.number) {
            return .rejected(
                record.place,
                reason:
                    "record \(record.number): the process that read it was stopped: \(fault); it was left out"
            )
        }
        let before = session.items == 1 ? "1 item came" : "\(session.items) items came"
        return .rejected(
            session.record?.place ?? session.lastPlace
                ?? SourcePlace(file: session.name, line: 1, byteOffset: 0),
            reason:
                "the process that read it was stopped here: \(fault); \(before) before, and what follows in this "
                + "file was not read")
    }

    /// Has another process read what stands behind the record at fault.
    private mutating func goOn(behind record: Int) throws(InterchangeError) -> Bool {
        guard restarts < Self.maximumRestarts, let again, let process = try again(record + 1) else {
            return false
        }
        restarts += 1
        session.begin(process)
        do throws(InterchangeError) {
            try open()
            return true
        } catch {
            _ = session.takeFault()
            return false
        }
    }
}

extension IsolatedReader {
    private final class Session {
        /// The time a process gets anew is not asked for with each item.
        private static let renewalMilliseconds: UInt64 = 1_000

        let name: String
        private var process: ReaderProcess
        private let owner: ReaderProcesses
        private let mayWait: Bool
        private let supplier: PageSupplier?
        var formatName = ""
        var lastPlace: SourcePlace?
        /// The record that the process looks into, until something comes of it.
        var record: (number: Int, place: SourcePlace)?
        var items = 0
        /// By the process that reads now.
        private var readNow = 0
        private(set) var consumedBytes = 0
        private(set) var isFinished = false
        private(set) var fault: String?
        private var renewedAt = MonotonicClock.milliseconds()
        private var spokeAt = MonotonicClock.milliseconds()

        init(
            of name: String, process: ReaderProcess, owner: ReaderProcesses, mayWait: Bool,
            supplier: PageSupplier?
        ) {
            self.supplier = supplier
            self.name = name
            self.process = process
            self.owner = owner
            self.mayWait = mayWait
        }

        deinit { if !isFinished { owner.discard(process) } }

        /// Goes on with another process, after a fault.
        func begin(_ process: ReaderProcess) {
            self.process = process
            (isFinished, fault, readNow) = (false, nil, 0)
        }

        func finish() {
            if isFinished { return }
            isFinished = true
            owner.release(process)
        }

        func stop(_ words: String) {
            if isFinished { return }
            isFinished = true
            fault = words
            owner.discard(process)
        }

        /// Fetches a page for the other process.
        func answer(_ path: String) throws(InterchangeError) {
            guard let supplier else { return stop("it asked for a page of a file") }
            let page: LibraryPage
            do throws(InterchangeError) { page = try supplier(path) } catch {
                stop("a page could not be fetched")
                fault = nil
                throw error
            }
            do { try process.channel.send(page.encoded()) } catch {
                process.waitForEnd()
                stop(process.endWords)
            }
        }

        func takeFault() -> String? {
            defer { fault = nil }
            return fault
        }

        /// - Returns: nil where the process is no more.
        func receive() throws(InterchangeError) -> ReaderReply? {
            do {
                let frame = try process.channel.receive(
                    silenceMilliseconds: process.limits.silenceMilliseconds)
                let (reply, consumed) = try ReaderReply.decode(frame)
                noteProgress(reply, hasRead: consumed > readNow)
                readNow = max(readNow, consumed)
                consumedBytes = max(consumedBytes, consumed)
                return reply
            } catch let failure as FrameChannel.Failure {
                switch failure {
                case .ended:
                    process.waitForEnd()
                    stop(process.endWords)
                case .silent:
                    stop("nothing was heard of it for \(process.limits.silenceMilliseconds / 1_000) seconds")
                case .oversized: stop("what it sent is larger than any item")
                }
            } catch {
                stop("what it sent cannot be read (\(error))")
            }
            return nil
        }

        private func noteProgress(_ reply: ReaderReply, hasRead: Bool) {
            // Who only says that he is at work, and reads nothing, makes none.
            if case .working = reply, !mayWait, !hasRead { return }
            let now = MonotonicClock.milliseconds()
            if now - renewedAt < Self.renewalMilliseconds { return }
            renewedAt = now
            process.renewProcessorTime()
        }
    }
}

extension SourceEvent {
    /// Files are looked for beside the place of an item, so it must be this source, or inside of it.
    fileprivate func placed(inside name: String) -> SourceEvent {
        if place.file == name || place.file.hasPrefix(name + "/") { return self }
        let place = SourcePlace(file: name, line: place.line, byteOffset: place.byteOffset)
        switch self {
        case .item(let item): return .item(item.placed(at: place))
        case .rejected(_, let reason): return .rejected(place, reason: reason)
        case .remark(_, let text): return .remark(place, text)
        }
    }

    fileprivate var place: SourcePlace {
        switch self {
        case .item(let item): item.place
        case .rejected(let place, _), .remark(let place, _): place
        }
    }
}

extension SourceItem {
    fileprivate func placed(at place: SourcePlace) -> SourceItem {
        SourceItem(
            place: place, kind: kind, id: id, fields: fields, tags: tags, foreignID: foreignID,
            producer: producer, modified: modified, kept: kept, relations: relations)
    }
}
