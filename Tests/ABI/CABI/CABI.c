#include "CABI.h"
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

size_t abi_size_time_t(void) { return sizeof(time_t); }
size_t abi_size_off_t(void) { return sizeof(off_t); }
size_t abi_size_long(void) { return sizeof(long); }
size_t abi_size_pointer(void) { return sizeof(void *); }
size_t abi_size_timespec(void) { return sizeof(struct timespec); }
size_t abi_size_stat(void) { return sizeof(struct stat); }
size_t abi_size_epoll_event(void) { return sizeof(struct epoll_event); }
size_t abi_size_pollfd(void) { return sizeof(struct pollfd); }
size_t abi_size_sockaddr_storage(void) { return sizeof(struct sockaddr_storage); }
size_t abi_size_sockaddr_un(void) { return sizeof(struct sockaddr_un); }
size_t abi_offset_stat_st_size(void) { return offsetof(struct stat, st_size); }
size_t abi_offset_stat_st_mtim(void) { return offsetof(struct stat, st_mtim); }
size_t abi_offset_epoll_event_data(void) { return offsetof(struct epoll_event, data); }
size_t abi_align_int64(void) { return _Alignof(int64_t); }
size_t abi_align_double(void) { return _Alignof(double); }

int64_t abi_int64(int32_t first, int64_t second) { return second - first; }
uint64_t abi_uint64(uint64_t value) { return ~value; }
double abi_double(int32_t first, double second) { return second / first; }
float abi_float(float a, double b, float c) { return a + (float)b * c; }
double abi_many(double a, int64_t b, float c, int32_t d, double e, int64_t f, double g, double h, double i, double j, double k)
{
    return a + 2 * (double)b + 3 * c + 4 * d + 5 * e + 6 * (double)f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k;
}
struct abi_pair abi_pair(struct abi_pair pair) { return (struct abi_pair){pair.x * 2, pair.y * 3}; }
struct abi_small abi_small(struct abi_small small) { return (struct abi_small){small.y, small.x}; }
int64_t abi_callback(int64_t (*function)(int32_t, int64_t, double), int32_t a, int64_t b, double c) { return function(a, b, c); }

int abi_stat_root(struct stat *out) { return stat("/", out); }
int64_t abi_stat_mtime(const struct stat *out) { return out->st_mtim.tv_sec; }
uint64_t abi_stat_inode(const struct stat *out) { return out->st_ino; }

int abi_epoll_roundtrip(uint64_t data, struct epoll_event *out)
{
    int result = -1, queue = epoll_create1(EPOLL_CLOEXEC), event = eventfd(1, EFD_CLOEXEC);
    struct epoll_event interest = {.events = EPOLLIN, .data.u64 = data};
    if (queue >= 0 && event >= 0 && epoll_ctl(queue, EPOLL_CTL_ADD, event, &interest) == 0)
        result = epoll_wait(queue, out, 1, 0);
    if (queue >= 0) close(queue);
    if (event >= 0) close(event);
    return result;
}

int abi_is_linux_glibc(void)
{
#if defined(__linux__) && defined(__GLIBC__)
    return 1;
#else
    return 0;
#endif
}

const char *abi_machine(void)
{
#if defined(__x86_64__)
    return "x86_64";
#elif defined(__aarch64__)
    return "aarch64";
#elif defined(__arm__) && defined(__ARM_PCS_VFP)
    return "arm, hard float";
#elif defined(__arm__)
    return "arm, soft float calls";
#else
    return "?";
#endif
}

void abi_print(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(1, text, length);
        if (written <= 0) return;
        text += written;
        length -= (size_t)written;
    }
}
