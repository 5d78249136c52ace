#pragma once
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/timex.h>

/// Of glibc, which shows it to GNU programs alone.
extern int sync_file_range(int descriptor, int64_t offset, int64_t count, unsigned int flags);

/// Has the system begin to write a part of a file to the disk, and does not wait for it.
static inline int quipu_begin_writing(int descriptor, int64_t offset, int64_t count) {
    return sync_file_range(descriptor, offset, count, 2 /* SYNC_FILE_RANGE_WRITE */);
}

/// Whether the kernel keeps the real-time clock in step with a time server. It gives that up itself some hours after the
/// last word from one, when the clock may be 16 seconds off (adjtimex(2), STA_UNSYNC).
static inline bool quipu_clock_is_synchronized(void) {
    struct timex facts = {.modes = 0};
    int state = adjtimex(&facts);
    return state != -1 && state != TIME_ERROR && !(facts.status & STA_UNSYNC);
}
