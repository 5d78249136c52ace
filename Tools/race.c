// Tells ThreadSanitizer of locks that it does not see. Preloaded by Tools/race; no part of what is built otherwise.
//
// `Synchronization.Mutex` takes and gives back a lock that nobody else wants by inlined atomics, which are
// instrumented. For one that somebody else wants it calls into the Swift runtime, which is not, and from there the
// kernel: that the one who lets go happens before the one who waited is lost, and each such hand-over looks like a race
// (swiftlang/swift, stdlib/public/Synchronization/Mutex/LinuxImpl.swift). So these calls are wrapped, under the names
// that Swift 6 gives them; a runtime without them finds nothing here to wrap.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

SWIFT void lock_slow(uint32_t thread, SELF handle) __asm__(LOCK);
SWIFT void lock_slow(uint32_t thread, SELF handle) {
    ((SWIFT void (*)(uint32_t, SELF))next(LOCK))(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT bool try_lock_slow(SELF handle) __asm__(TRY_LOCK);
SWIFT bool try_lock_slow(SELF handle) {
    bool is_taken = ((SWIFT bool (*)(SELF))next(TRY_LOCK))(handle);
    if (is_taken && __tsan_acquire) __tsan_acquire(handle);
    return is_taken;
}

SWIFT void unlock_slow(SELF handle) __asm__(UNLOCK);
SWIFT void unlock_slow(SELF handle) {
    if (__tsan_release) __tsan_release(handle);
    ((SWIFT void (*)(SELF))next(UNLOCK))(handle);
}
