internal import Glibc
internal import QuipuCBOR
public import QuipuStorage
internal import QuipuThreads
internal import QuipuWire
internal import Synchronization

/// Decompresses and verifies a snapshot on its own thread while it is downloaded, so that little is left to do when
/// the download ends.
public final class SnapshotReceiver {
    /// The part of the snapshot that has been downloaded.
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

        /// Waits until there is another block after a position, or the end; nil at the end.
        func end(of block: Int, behind position: Int) -> Int? {
            _ = monitor.wait { isWhole || isAbandoned || availableBytes - position >= block }
            return monitor.locked { isAbandoned || availableBytes <= position ? nil : availableBytes }
        }
    }

    /// How decompression ended; nil while it runs.
    private final class Outcome: Sendable {
        let end = Mutex<Result<Void, any Error>?>(nil)

        /// The error in what was received so far.
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
    ///   - snapshot: the file being downloaded. It is read only up to what `advance` reports.
    ///   - copy: the database to write, readable by its owner only.
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

    /// An unfinished copy is removed.
    deinit {
        supply.abandon()
        thread?.join()
        guard !isFinished else { return }
        copy.abandon()
        unlink(copy.path)
    }

    /// Reports how much of the snapshot has been downloaded.
    ///
    /// - Throws: as `SnapshotFile.expand`, if what was received is not part of a snapshot; the download can be ended.
    public func advance(to bytes: UInt64) throws {
        if bytes < availableBytes {
            // The download was restarted; what was decompressed belongs to another snapshot.
            supply.abandon()
            thread?.join()
            copy.abandon()
            begin()
        }
        availableBytes = bytes
        supply.advance(to: Int(clamping: bytes), isWhole: false)
        if let failure = outcome.failure as? WireError { throw SnapshotFile.presentable(failure) }
    }

    /// The download is complete: waits for the rest of the database, but not for its verification.
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
        // The file does not exist before that.
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
