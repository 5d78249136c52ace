#pragma once
#include <malloc.h>
#include <stdint.h>

/// Of glibc, which shows it to GNU programs alone.
extern int sync_file_range(int descriptor, int64_t offset, int64_t count, unsigned int flags);

/// Has the system begin to write a part of a file to the disk, and does not wait for it.
static inline int quipu_begin_writing(int descriptor, int64_t offset, int64_t count) {
    return sync_file_range(descriptor, offset, count, 2 /* SYNC_FILE_RANGE_WRITE */);
}
