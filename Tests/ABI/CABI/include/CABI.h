// What `abi-selftest` compares: each function answers from C what Swift then works out for itself.
#pragma once
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>
#include <time.h>

// Sizes and offsets as the C compiler lays them out.
size_t abi_size_time_t(void);
size_t abi_size_off_t(void);
size_t abi_size_long(void);
size_t abi_size_pointer(void);
size_t abi_size_timespec(void);
size_t abi_size_stat(void);
size_t abi_size_epoll_event(void);
size_t abi_size_pollfd(void);
size_t abi_size_sockaddr_storage(void);
size_t abi_size_sockaddr_un(void);
size_t abi_offset_stat_st_size(void);
size_t abi_offset_stat_st_mtim(void);
size_t abi_offset_epoll_event_data(void);
size_t abi_align_int64(void);
size_t abi_align_double(void);

// Values passed both ways, among others so that 64-bit arguments need register pairs on 32-bit ARM.
int64_t abi_int64(int32_t first, int64_t second);
uint64_t abi_uint64(uint64_t value);
double abi_double(int32_t first, double second);
float abi_float(float a, double b, float c);
double abi_many(double a, int64_t b, float c, int32_t d, double e, int64_t f, double g, double h, double i, double j, double k);
struct abi_pair { double x; int64_t y; };
struct abi_pair abi_pair(struct abi_pair pair);
struct abi_small { float x; float y; };
struct abi_small abi_small(struct abi_small small);
int64_t abi_callback(int64_t (*function)(int32_t, int64_t, double), int32_t a, int64_t b, double c);

// What the kernel fills in, read through C's and Swift's layout of the same bytes.
int abi_stat_root(struct stat *out);
int64_t abi_stat_mtime(const struct stat *out);
uint64_t abi_stat_inode(const struct stat *out);
int abi_epoll_roundtrip(uint64_t data, struct epoll_event *out);

// 1 where this was compiled for Linux with glibc, which the bare-metal triples alone are not.
int abi_is_linux_glibc(void);
const char *abi_machine(void);
void abi_print(const char *text, size_t length);
