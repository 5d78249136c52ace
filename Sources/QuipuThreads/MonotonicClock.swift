internal import Glibc

/// The clocks that nobody sets: time since some fixed moment of this machine's run.
package enum MonotonicClock {
    /// Stands still while the machine sleeps; deadlines of `Monitor` are on it.
    package static func nanoseconds() -> UInt64 { nanoseconds(of: CLOCK_MONOTONIC) }

    /// Likewise.
    package static func milliseconds() -> UInt64 { nanoseconds() / 1_000_000 }

    /// Goes on while the machine sleeps.
    package static func millisecondsSinceBoot() -> Int64 {
        Int64(nanoseconds(of: CLOCK_BOOTTIME) / 1_000_000)
    }

    private static func nanoseconds(of clock: clockid_t) -> UInt64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }
}
