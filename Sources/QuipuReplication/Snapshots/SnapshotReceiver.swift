internal import Glibc
public import QuipuStorage
internal import QuipuThreads
internal import QuipuWire
internal import Synchronization

/// Expands a snapshot on a thread of its own while it still comes in, and has what it holds checked meanwhile, so that
/// little is left to do when the last of it is there.
public final class SnapshotReceiver {
    /// What there is of the snapshot.
    ///
    /// `@unchecked Sendable`: `monitor` guards all that changes.
    private final class Supply: @unchecked Sendable {
        private let monitor = Monitor()
        private var availableBytes = 0
        private var isWhole = false
        private var isAbandoned = false

        func advance(to bytes: Int, isWhole: Bool) {
            monitor.change {
                availableBytes = bytes
                self.isWhole = isWhole
            }
        }

        func abandon() { monitor.change { isAbandoned = true } }

        /// Waits until there is another block behind a place, or the rest; nil where there is no more.
        func end(of block: Int, behind position: Int) -> Int? {
            _ = monitor.wait { isWhole || isAbandoned || availableBytes - position >= block }
            return monitor.locked { isAbandoned || availableBytes <= position ? nil : availableBytes }
        }
    }

    /// How the expansion ended; nil as long as it goes on.
    private final class Outcome: Sendable {
        let end = Mutex<Result<Void, any Error>?>(nil)

        /// What is wrong with what has come so far.
        var failure: (any Error)? {
            end.withLock { end in
                if case .failure(let error) = end { error } else { nil }
            }
        }
    }

    private let snapshot: String
    private let copy: StreamingCopy
    private var supply = Supply()
    private var outcome = Outcome()
    private var thread: JoinableThread?
    private var availableBytes: UInt64 = 0
    private var isFinished = false

    /// - Parameters:
    ///   - snapshot: a file that grows to its end; nothing of it is there yet as long as nobody says so.
    ///   - copy: the database that it holds. Its owner alone may read it.
    public init(of snapshot: String, to copy: StreamingCopy) {
        self.snapshot = snapshot
        self.copy = copy
        begin()
    }

    private func begin() {
        (supply, outcome) = (Supply(), Outcome())
        thread = JoinableThread { [snapshot, copy, supply, outcome] in
            let end = Result { try Self.expand(snapshot, to: copy, from: supply) }
            outcome.end.withLock { $0 = end }
        }
    }

    /// What is not finished leaves nothing behind.
    deinit {
        supply.abandon()
        thread?.join()
        guard !isFinished else { return }
        copy.abandon()
        unlink(copy.path)
    }

    /// So much of the snapshot is there now.
    ///
    /// - Throws: as `SnapshotFile.expand`, where what has come so far is no part of a snapshot: more of it is not wanted.
    public func advance(to bytes: UInt64) throws {
        if bytes < availableBytes {
            // The download began anew; what was expanded is of something else.
            supply.abandon()
            thread?.join()
            copy.abandon()
            begin()
        }
        availableBytes = bytes
        supply.advance(to: Int(clamping: bytes), isWhole: false)
        if let failure = outcome.failure as? WireError { throw SnapshotFile.presentable(failure) }
    }

    /// All of the snapshot is there: waits for the rest of the database, but not for its check.
    ///
    /// - Throws: as `SnapshotFile.expand`.
    public func finish(at bytes: UInt64) throws {
        supply.advance(to: Int(clamping: bytes), isWhole: true)
        thread?.join()
        if outcome.failure != nil {
            copy.abandon()
            try SnapshotFile.expand(snapshot, to: copy.path)
        }
        isFinished = true
    }

    private static func expand(_ snapshot: String, to copy: StreamingCopy, from supply: Supply) throws {
        // Not even the file is there before.
        guard supply.end(of: 1, behind: 0) != nil else { return }
        let input = try FileStream(reading: snapshot)
        var expander = try SnapshotDecompressor(into: FileStream(writing: copy.path))
        while let end = supply.end(of: FileStream.blockBytes, behind: input.position) {
            try expander.expand(input.next(upTo: end))
            copy.advance(to: expander.expandedBytes)
        }
        try expander.finish()
    }
}
