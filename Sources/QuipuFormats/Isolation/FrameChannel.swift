internal import CQuipuLinux
internal import Glibc
internal import QuipuThreads

/// Frames over a local socket: four bytes of length, then as many of content. A frame may bring a descriptor.
final class FrameChannel {
    enum Failure: Error {
        /// The other side is gone.
        case ended
        /// Nothing came for as long as is waited.
        case silent
        /// What came is longer than a frame may be.
        case oversized
    }

    private static let blockBytes = 256 << 10

    let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    /// One that came in, until it is taken.
    private var received: Int32 = -1

    /// Takes the descriptor over.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        close(descriptor)
        if received >= 0 { close(received) }
    }

    func takeDescriptor() -> Int32? {
        defer { received = -1 }
        return received >= 0 ? received : nil
    }

    func send(_ frame: [UInt8], with passed: Int32 = -1) throws(Failure) {
        let length = UInt32(frame.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(frame.count + 4)
        for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
        bytes += frame
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                quipu_send(descriptor, $0.baseAddress! + sent, $0.count - sent, sent == 0 ? passed : -1)
            }
            if count > 0 {
                sent += count
            } else if errno != EINTR {
                throw .ended
            }
        }
    }

    /// - Parameter silenceMilliseconds: nil waits for ever.
    func receive(silenceMilliseconds: Int?) throws(Failure) -> ArraySlice<UInt8> {
        while true {
            if let frame = try take() { return frame }
            if start > 0 {
                buffer.removeFirst(start)
                start = 0
            }
            if let silenceMilliseconds { try waitForBytes(silenceMilliseconds) }
            let old = buffer.count
            buffer += [UInt8](repeating: 0, count: Self.blockBytes)
            var passed = received
            let got = buffer.withUnsafeMutableBytes {
                quipu_receive(descriptor, $0.baseAddress! + old, Self.blockBytes, &passed)
            }
            let failure = errno
            received = passed
            buffer.removeLast(Self.blockBytes - max(0, got))
            if got == 0 || got < 0 && failure != EINTR { throw .ended }
        }
    }

    private func take() throws(Failure) -> ArraySlice<UInt8>? {
        guard buffer.count - start >= 4 else { return nil }
        let length = buffer[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= ReaderLimits.maximumFrameBytes else { throw .oversized }
        guard buffer.count - start - 4 >= length else { return nil }
        let frame = buffer[start + 4..<start + 4 + length]
        start += 4 + length
        return frame
    }

    private func waitForBytes(_ milliseconds: Int) throws(Failure) {
        let end = MonotonicClock.milliseconds() + UInt64(milliseconds)
        while true {
            let now = MonotonicClock.milliseconds()
            guard now < end else { throw .silent }
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if Glibc.poll(&poll, 1, Int32(clamping: end - now)) > 0 { return }
        }
    }
}
