#define _GNU_SOURCE
#include "CLinux.h"
#include <time.h>

static int64_t nanoseconds(clockid_t clock) {
    struct timespec t = {0};
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t cl_boottime_ns(void) { return nanoseconds(CLOCK_BOOTTIME); }
int64_t cl_monotonic_ns(void) { return nanoseconds(CLOCK_MONOTONIC); }
int64_t cl_wall_ms(void) {
    int64_t ns = nanoseconds(CLOCK_REALTIME);
    return ns / 1000000;
}

void cl_pause(uint32_t milliseconds) {
    struct timespec t = {.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    nanosleep(&t, NULL);
}

int32_t cl_utc_offset(int64_t seconds) {
    static _Thread_local int64_t known_quarter = INT64_MIN;
    static _Thread_local int32_t known_offset;
    int64_t quarter = seconds / 900;
    if (quarter == known_quarter) return known_offset;
    time_t t = (time_t)seconds;
    struct tm local;
    tzset(); // looks at /etc/localtime again; localtime_r alone would not
    if ((int64_t)t != seconds || !localtime_r(&t, &local)) return 0;
    known_quarter = quarter;
    known_offset = (int32_t)local.tm_gmtoff;
    return known_offset;
}
