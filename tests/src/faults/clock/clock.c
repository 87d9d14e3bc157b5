// A clock that can be set while a program runs, for that program alone.
//
// Preloaded, it answers for the C library's calls that tell the time of day: the machine's time, and
// the microseconds that stand in the file named by LEDGER_FAULTS_CLOCK, ahead or behind. The clocks
// that nobody sets (monotonic, boot time) are the machine's.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead_micros;

__attribute__((constructor)) static void look_up(void) {
    const char *path = getenv("LEDGER_FAULTS_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) abort();
    void *mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) abort();
    close(file);
    ahead_micros = mapped;
}

int clock_gettime(clockid_t clock, struct timespec *told) {
    int failed = (int)syscall(SYS_clock_gettime, clock, told);
    if (failed || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return failed;
    int64_t ahead = ahead_micros ? *ahead_micros : 0;
    int64_t nanos = told->tv_nsec + ahead % 1000000 * 1000;
    told->tv_sec += ahead / 1000000 + (nanos < 0 ? -1 : nanos / 1000000000);
    told->tv_nsec = nanos < 0 ? nanos + 1000000000 : nanos % 1000000000;
    return 0;
}

int gettimeofday(struct timeval *told, void *zone) {
    (void)zone;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
    told->tv_sec = now.tv_sec;
    told->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}
