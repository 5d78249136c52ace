internal import Synchronization

/// How often each of many may do something: so many at once, and then at a steady rate.
///
/// For each key one number is kept, the moment at which all that it took would be paid for at that rate (the
/// "generic cell rate algorithm" of ATM Forum TM 4.1, section 4.4.2). What is known of keys is bounded: when a
/// table is full it becomes the old one, and what was in the old one and not asked for since is forgotten, to the
/// advantage of its key.
package final class RateLimiter: Sendable {
    private struct Tables {
        var young: [String: UInt64] = [:]
        var old: [String: UInt64] = [:]
    }

    private let costMicroseconds: UInt64
    private let atOnceMicroseconds: UInt64
    private let maximumKeys: Int
    private let tables = Mutex(Tables())

    /// - Parameter maximumKeys: twice as many are known at most.
    package init(perSecond: Double, atOnce: Int, maximumKeys: Int) {
        costMicroseconds = max(1, UInt64(1_000_000 / perSecond))
        atOnceMicroseconds = costMicroseconds * UInt64(max(1, atOnce))
        self.maximumKeys = maximumKeys
    }

    /// Takes one.
    ///
    /// - Returns: nil when that may be; otherwise, and then nothing is taken, after how many seconds it may.
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

    /// How many keys something is known of.
    var keyCount: Int { tables.withLock { $0.young.count + $0.old.count } }
}
