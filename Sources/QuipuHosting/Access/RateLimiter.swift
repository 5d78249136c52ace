internal import Synchronization

/// Limits the rate of an action for each of many keys: a burst at once, then a steady rate.
///
/// It stores one number for each key, its theoretical arrival time (the "generic cell rate algorithm" of ATM Forum TM
/// 4.1, section 4.4.2). The number of keys is bounded: when a table is full it becomes the old one, and keys of the
/// previous old table that were not used since are forgotten, in their favour.
package final class RateLimiter: Sendable {
    private struct Tables {
        var young: [String: UInt64] = [:]
        var old: [String: UInt64] = [:]
    }

    private let costMicroseconds: UInt64
    private let atOnceMicroseconds: UInt64
    private let maximumKeys: Int
    private let tables = Mutex(Tables())

    /// - Parameter maximumKeys: up to twice as many keys are stored.
    package init(perSecond: Double, atOnce: Int, maximumKeys: Int) {
        costMicroseconds = max(1, UInt64(1_000_000 / perSecond))
        atOnceMicroseconds = costMicroseconds * UInt64(max(1, atOnce))
        self.maximumKeys = maximumKeys
    }

    /// Counts one action for a key.
    ///
    /// - Returns: nil if it is allowed; otherwise, and then it is not counted, the seconds until it will be.
    package func take(_ key: String, now: MonotonicTime) -> Int? {
        tables.withLock { tables in
            let paid = max(tables.young[key] ?? tables.old[key] ?? 0, now.microseconds)
            let due = paid + costMicroseconds
            if due > now.microseconds + atOnceMicroseconds {
                let wait = due - now.microseconds - atOnceMicroseconds
                return Int((wait + 999_999) / 1_000_000)
            }
            if tables.young[key] == nil, tables.young.count >= maximumKeys {
                tables.old = tables.young
                tables.young = [:]
            }
            tables.young[key] = due
            return nil
        }
    }

    /// The number of stored keys.
    var keyCount: Int { tables.withLock { $0.young.count + $0.old.count } }
}
