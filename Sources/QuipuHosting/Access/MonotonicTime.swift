internal import QuipuThreads

/// A moment on the monotonic clock.
package struct MonotonicTime: Sendable {
    package let microseconds: UInt64

    package init(microseconds: UInt64) { self.microseconds = microseconds }

    package static var now: MonotonicTime {
        MonotonicTime(microseconds: MonotonicClock.nanoseconds() / 1_000)
    }
}
