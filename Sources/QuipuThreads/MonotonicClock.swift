internal import Glibc

/// The clocks that no user or time server sets: the time since some fixed moment.
package enum MonotonicClock {
    /// Stops while the machine is suspended; the deadlines of `Monitor` are on this clock.
    package static func nanoseconds() -> UInt64 { nanoseconds(of: CLOCK_MONOTONIC) }

    /// The same clock.
    package static func milliseconds() -> UInt64 { nanoseconds() / 1_000_000 }

    /// Also runs while the machine is suspended.
    package static func millisecondsSinceBoot() -> Int64 {
        Int64(nanoseconds(of: CLOCK_BOOTTIME) / 1_000_000)
    }

    private static func nanoseconds(of clock: clockid_t) -> UInt64 {
        var now = timespec()
        clock_gettime(clock, &now)
        // A simulated clock may stand before the boot.
        return UInt64(max(0, now.tv_sec)) * 1_000_000_000 + UInt64(now.tv_nsec)
    }
}
