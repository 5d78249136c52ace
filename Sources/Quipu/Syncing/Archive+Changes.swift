internal import QuipuStorage
internal import QuipuThreads
internal import Synchronization

/// A transaction added to an archive's log: written here, by another process, or received from a mirror.
public struct Change: Sendable {
    /// Its position in this mirror's log; `Archive.changes(since:)` continues after it.
    public let position: Position
    public let version: Version
    public let author: String
    public let isByProgram: Bool
    /// Unix milliseconds, corrected where a clock was found to be wrong.
    public let timeMilliseconds: Int64
    /// The records that it changed.
    public let records: [RecordID]

    /// A position in the log of one mirror; other mirrors have other orders.
    public struct Position: Sendable, Hashable, Comparable, CustomStringConvertible {
        let rawValue: Int64

        public static let beginning = Position(rawValue: 0)

        public static func < (one: Position, other: Position) -> Bool { one.rawValue < other.rawValue }

        public var description: String { String(rawValue) }
    }
}

extension Archive {
    /// The log's transactions after a position, and then new ones, from this process or another: without an end,
    /// until the task is cancelled.
    ///
    ///     for try await change in archive.changes(since: .beginning) { print(change.position, change.records) }
    ///
    /// A program can store the last position, which is a number, and continue there later. The iteration throws `badOption` for a
    /// position beyond the end of the log, as one from another mirror can be.
    public func changes(since position: Change.Position) -> Changes {
        Changes(archive: self, position: position)
    }

    /// The position at which the log ends now.
    ///
    ///     let position = try archive.position()
    ///     for try await change in archive.changes(since: position) { print(change.records) }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func position() throws(QuipuError) -> Change.Position {
        try QuipuError.presenting { try stores.with { Change.Position(rawValue: try $0.position) } }
    }
}

extension Change.Position: LosslessStringConvertible {
    /// Nil if the text is not a valid `description`.
    public init?(_ description: String) {
        guard let rawValue = Int64(description), rawValue >= 0 else { return nil }
        self.init(rawValue: rawValue)
    }
}

/// The changes of an archive, as `Archive.changes(since:)` gives them.
public struct Changes: AsyncSequence, Sendable {
    fileprivate let archive: Archive
    fileprivate let position: Change.Position

    public func makeAsyncIterator() -> Iterator { Iterator(archive: archive, position: position) }

    public struct Iterator: AsyncIteratorProtocol {
        private static let mostRead = 128

        fileprivate let archive: Archive
        fileprivate var position: Change.Position
        private var read: ArraySlice<Change> = []
        private var isChecked = false

        fileprivate init(archive: Archive, position: Change.Position) {
            self.archive = archive
            self.position = position
        }

        /// Waits for the next change, and returns it.
        ///
        /// - Returns: nil once the task is cancelled.
        /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(QuipuError) -> Change? {
            while read.isEmpty {
                if Task.isCancelled { return nil }
                let (archive, position) = (archive, position)
                if !isChecked {
                    try await Self.onThread { try archive.requireInLog(position) }
                    isChecked = true
                }
                read = try await Self.onThread {
                    try archive.changes(behind: position, limit: Self.mostRead)[...]
                }
                if read.isEmpty { try await archive.waitForChanges(behind: position) }
            }
            let change = read.removeFirst()
            position = change.position
            return change
        }

        private static func onThread<Value: Sendable>(
            _ body: @escaping @Sendable () throws -> Value
        ) async throws(QuipuError) -> Value {
            do { return try await BlockingThreads.shared.run(body) } catch { throw QuipuError(error) }
        }
    }
}

extension Archive {
    /// The log's transactions after a position, as many as are wanted.
    package func changes(behind position: Change.Position, limit: Int) throws(QuipuError) -> [Change] {
        try QuipuError.presenting {
            try stores.with { try $0.log.entries(after: position.rawValue, limit: limit).map { Change($0) } }
        }
    }

    fileprivate func requireInLog(_ position: Change.Position) throws(QuipuError) {
        let end = try self.position()
        guard position <= end else {
            throw QuipuError(
                .badOption, "position \(position) is beyond the log of this mirror, which ends at \(end)",
                hint: "a position is of one mirror: take one that this mirror gave, or begin at 0")
        }
    }

    fileprivate func waitForChanges(behind position: Change.Position) async throws(QuipuError) {
        let cancellation = Cancellation()
        let outcome: Result<Void, QuipuError> = await withTaskCancellationHandler {
            await onOwnThread {
                do { return .success(try self.wait(behind: position, cancellation)) } catch {
                    return .failure(QuipuError(error))
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
        try outcome.get()
    }

    private func wait(behind position: Change.Position, _ cancellation: Cancellation) throws {
        guard let wake = WakeUp() else { throw QuipuError(.internalFailure, "too many files are open") }
        cancellation.onCancel(wake.give)
        let notices = FolderNotices()
        let watch = notices?.add(stores.folder)
        func now() -> Int64 { Int64(clamping: Monitor.nowMilliseconds()) }
        var lookout = Lookout(isBlind: watch == nil, now: now())
        while !cancellation.isCancelled {
            if lookout.due <= now() {
                lookout.looked(at: now())
                if try stores.with({ try $0.position }) > position.rawValue { return }
            }
            WakeUp.wait(
                for: [wake.descriptor, notices?.descriptor ?? -1],
                milliseconds: lookout.due == .max ? nil : lookout.due - now())
            if let watch, notices?.take()?.contains(watch) != false { lookout.noticed(at: now()) }
        }
    }
}

extension Change {
    fileprivate init(_ entry: QuipuStorage.HistoryEntry) {
        position = Position(rawValue: entry.position)
        version = Version(entry.version)
        author = entry.author
        isByProgram = entry.isByProgram
        timeMilliseconds = entry.timeMilliseconds
        var records: [RecordID] = []
        for change in entry.changes {
            let id = RecordID(change.id, kind: change.kind)
            if records.last != id { records.append(id) }
        }
        self.records = records
    }
}
