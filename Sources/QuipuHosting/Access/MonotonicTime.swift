internal import Glibc

/// A moment on the monotonic clock.
package struct MonotonicTime: Sendable {
    package let microseconds: UInt64

    package init(microseconds: UInt64) { self.microseconds = microseconds }

    package static var now: MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(microseconds: UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000)
    }
}
