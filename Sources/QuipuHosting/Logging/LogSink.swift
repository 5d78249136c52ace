internal import Glibc
internal import QuipuHTTPServer
internal import QuipuThreads
internal import Synchronization

/// Writes lines to a descriptor on its own thread, so that a slow reader does not delay requests. Lines wait in a
/// bounded buffer; those that do not fit are dropped and counted, and the count is logged.
package final class LogSink: Sendable {
    private struct Waiting {
        var bytes: [UInt8] = []
        /// Lines dropped since the last notice.
        var dropped: UInt64 = 0
        /// The thread is waiting.
        var isIdle = false
    }

    package static let maximumBufferBytes = 1 << 20
    /// Additional room for lines that must not be lost in a flood of requests.
    package static let urgentBufferBytes = 64 << 10
    /// The most that a pipe accepts without blocking when it is ready (POSIX: PIPE_BUF).
    private static let portionBytes = 4_096
    /// Lines within this interval are written together, so that the thread is not woken for each.
    private static let gatheringMilliseconds: UInt64 = 10
    /// The pause after a failed write, for example on a full disk.
    private static let retryMilliseconds: UInt64 = 1_000

    private let descriptor: Int32
    private let ownsDescriptor: Bool
    /// The line that states how many were dropped.
    private let notice: @Sendable (UInt64) -> [UInt8]
    private let waiting = Mutex(Waiting())
    private let monitor = Monitor()
    /// When to give up, on `Monitor`'s clock; 0 while it runs.
    private let deadlineMilliseconds = Atomic<UInt64>(0)
    private let dropped = Atomic<UInt64>(0)
    private let thread = Mutex<JoinableThread?>(nil)

    /// - Parameters:
    ///   - descriptor: the descriptor to write to; closed with this object if `ownsDescriptor`.
    ///   - notice: the line that states how many were dropped.
    /// - Returns: nil if the system cannot start a thread.
    init?(descriptor: Int32, ownsDescriptor: Bool, notice: @escaping @Sendable (UInt64) -> [UInt8]) {
        self.descriptor = descriptor
        self.ownsDescriptor = ownsDescriptor
        self.notice = notice
        // The thread retains this object until `finish`.
        guard let started = JoinableThread({ self.run() }) else { return nil }
        thread.withLock { $0 = started }
    }

    deinit { if ownsDescriptor { close(descriptor) } }

    package var droppedCount: UInt64 { dropped.load(ordering: .relaxed) }

    /// - Parameter line: the line with its line feed.
    package func append(_ line: [UInt8], isUrgent: Bool) {
        let limit = Self.maximumBufferBytes + (isUrgent ? Self.urgentBufferBytes : 0)
        let mustWake = waiting.withLock { waiting -> Bool in
            guard waiting.bytes.count + line.count <= limit else {
                waiting.dropped += 1
                dropped.add(1, ordering: .relaxed)
                return false
            }
            waiting.bytes += line
            defer { waiting.isIdle = false }
            return waiting.isIdle
        }
        if mustWake { monitor.change {} }
    }

    /// Writes the waiting lines, for at most that time, and ends the thread. Nothing may be appended afterwards.
    package func finish(timeoutMilliseconds: UInt64 = 1_000) {
        monitor.change {
            deadlineMilliseconds.store(
                Monitor.nowMilliseconds() + timeoutMilliseconds, ordering: .sequentiallyConsistent)
        }
        thread.withLock { $0 }?.join()
    }

    private var isEnding: Bool { deadlineMilliseconds.load(ordering: .sequentiallyConsistent) != 0 }

    private var isOver: Bool {
        let deadline = deadlineMilliseconds.load(ordering: .sequentiallyConsistent)
        return deadline != 0 && deadline <= Monitor.nowMilliseconds()
    }

    private func run() {
        while true {
            let bytes = take()
            if bytes.isEmpty {
                if isEnding { return }
                _ = monitor.wait { isEnding || !waiting.withLock { $0.isIdle } }
                continue
            }
            if !write(bytes) { return }
            if isEnding { continue }
            _ = monitor.wait(untilMilliseconds: Monitor.nowMilliseconds() + Self.gatheringMilliseconds) {
                isEnding
            }
        }
    }

    /// The waiting lines, preceded by the notice of dropped ones.
    private func take() -> [UInt8] {
        waiting.withLock { waiting in
            defer { waiting = Waiting(isIdle: waiting.bytes.isEmpty && waiting.dropped == 0) }
            guard waiting.dropped > 0 else { return waiting.bytes }
            return waiting.bytes + notice(waiting.dropped)
        }
    }

    /// False if the time is over.
    private func write(_ bytes: [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            if isOver { return false }
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            // Short, so that `finish` is noticed.
            guard poll(&ready, 1, 100) > 0 else { continue }
            let end = min(bytes.count, start + Self.portionBytes)
            let written = bytes[start..<end].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written > 0 {
                start += written
            } else if errno != EINTR, errno != EAGAIN {
                let lost = bytes[start...].count { $0 == UInt8(ascii: "\n") }
                waiting.withLock { $0.dropped += UInt64(lost) }
                dropped.add(UInt64(lost), ordering: .relaxed)
                let next = Monitor.nowMilliseconds() + Self.retryMilliseconds
                _ = monitor.wait(untilMilliseconds: next) { isEnding }
                return !isEnding
            }
        }
        return true
    }
}
