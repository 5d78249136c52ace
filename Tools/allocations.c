// Counts what a process asks the allocator for. Preloaded by the tests that hold allocations to a number
// (AllocationTests); no part of what is built otherwise.
//
// The number stands in the file that QUIPU_ALLOCATIONS names, eight bytes in the machine's order, which whoever wants it
// makes beforehand. The file is mapped and added to as it goes, so that a process may end as it likes: by `_exit`, or
// killed. Processes that are given the same file share the number. Without the variable nothing is kept.
//
// glibc lets a program bring its own `malloc` and keeps its own under a second name, so nothing needs to be looked up,
// which would allocate itself. `free` stays glibc's.

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

typedef atomic_uint_least64_t counter;

// Until the file is mapped: other libraries are set up, and allocate, before this one.
static counter early;
static counter *_Atomic count = &early;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("QUIPU_ALLOCATIONS");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    counter *shared = mmap(NULL, sizeof(counter), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (shared == MAP_FAILED) return;
    atomic_fetch_add_explicit(shared, atomic_load(&early), memory_order_relaxed);
    atomic_store(&count, shared);
}

static void note(void) {
    atomic_fetch_add_explicit(atomic_load_explicit(&count, memory_order_relaxed), 1, memory_order_relaxed);
}

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    note();
    return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
    note();
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    void *made = memalign(alignment, size);
    if (made == NULL) return ENOMEM;
    *block = made;
    return 0;
}
