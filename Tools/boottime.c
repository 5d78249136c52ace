// A clock of the machine that stands before the boot, as simulated clocks do, for a test (ClockTroubleTests); no part of
// what is built otherwise. Preloaded.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (real == NULL) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int outcome = real(clock, time);
    if (outcome == 0 && clock == CLOCK_BOOTTIME) time->tv_sec -= 60L * 365 * 24 * 3600;
    return outcome;
}
