internal import Glibc

/// A lock with a condition variable, on the monotonic clock; `Synchronization` has none.
///
/// Unchecked: the two pointers never change, and their targets are made for use by several threads.
package final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `change` under the lock and wakes all waiting threads.
    package func change<Result>(_ change: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return change()
    }

    /// Runs `body` under the lock. It must change nothing that a thread waits for.
    package func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Waits until `isReached`, which is evaluated under the lock; false if the time is up first.
    package func wait(untilMilliseconds deadlineMilliseconds: UInt64 = .max, _ isReached: () -> Bool) -> Bool
    {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var deadline = timespec(
            tv_sec: Int(min(deadlineMilliseconds / 1000, UInt64(Int32.max))),
            tv_nsec: Int(deadlineMilliseconds % 1000) * 1_000_000)
        while !isReached() {
            if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return isReached() }
        }
        return true
    }

    /// The clock of deadlines: milliseconds since some fixed moment.
    package static func nowMilliseconds() -> UInt64 { MonotonicClock.milliseconds() }
}
