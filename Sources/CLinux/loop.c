#define _GNU_SOURCE
#include "CLinux.h"
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include "retry.h"

_Static_assert(CL_IN == EPOLLIN && CL_OUT == EPOLLOUT && CL_ERROR == EPOLLERR && CL_HANGUP == EPOLLHUP, "names of epoll's bits");

int cl_epoll(void) { return (int)RETRY(epoll_create1(EPOLL_CLOEXEC)); }

static int control(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data.u64 = data};
    return (int)RETRY(epoll_ctl(epoll, operation, fd, &event));
}
int cl_epoll_add(int epoll, int fd, uint32_t events, uint64_t data) { return control(epoll, EPOLL_CTL_ADD, fd, events, data); }
int cl_epoll_modify(int epoll, int fd, uint32_t events, uint64_t data) { return control(epoll, EPOLL_CTL_MOD, fd, events, data); }
int cl_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int cl_epoll_wait(int epoll, cl_event *out, int capacity, int wait_ms) {
    struct epoll_event events[32];
    if (capacity > 32) capacity = 32;
    int count = (int)RETRY(epoll_wait(epoll, events, capacity, wait_ms));
    for (int i = 0; i < count; i++) out[i] = (cl_event){.data = events[i].data.u64, .events = events[i].events};
    return count;
}

int cl_timer(void) { return (int)RETRY(timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC)); }

int cl_timer_set(int timer, int64_t boottime_ns) {
    struct itimerspec when = {0};
    if (boottime_ns == 0) boottime_ns = 1; // all zero would disarm
    if (boottime_ns > 0) {
        int64_t seconds = boottime_ns / 1000000000;
        when.it_value.tv_sec = (time_t)seconds;
        if ((int64_t)when.it_value.tv_sec != seconds) when.it_value.tv_sec = 0x7fffffff; // 32-bit time_t
        when.it_value.tv_nsec = boottime_ns % 1000000000;
    }
    return (int)RETRY(timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL));
}

int cl_eventfd(void) { return (int)RETRY(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

void cl_drain(int fd) {
    uint64_t count;
    (void)RETRY(read(fd, &count, sizeof count));
}

static int signals(const int *numbers) {
    sigset_t set;
    sigemptyset(&set);
    for (; *numbers; numbers++) sigaddset(&set, *numbers);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    return error ? -error : (int)RETRY(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

int cl_signalfd(void) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // a file at its limit (setrlimit(2)) is an EFBIG, not the end of the program
    return signals((const int[]){SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, 0});
}

int cl_signalfd_continued(void) { return signals((const int[]){SIGCONT, 0}); }

int cl_signal_next(int fd) {
    struct signalfd_siginfo info;
    int64_t count = RETRY(read(fd, &info, sizeof info));
    if (count < 0) return (int)count;
    return count == sizeof info ? (int)info.ssi_signo : -EAGAIN;
}

int cl_raise(int number) { return raise(number) == 0 ? 0 : -errno; }
