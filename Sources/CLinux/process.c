#define _GNU_SOURCE
#include "CLinux.h"
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>

static int argument_count;
static char **arguments;

// glibc hands main's arguments to constructors as well, in dynamic and static programs.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

int cl_argument_count(void) { return argument_count; }
const char *cl_argument(int index) { return index >= 0 && index < argument_count ? arguments[index] : NULL; }

int cl_pid(void) { return (int)getpid(); }
uint32_t cl_user(void) { return (uint32_t)geteuid(); }
bool cl_is_terminal(int fd) { return isatty(fd) == 1; }
void cl_trim_memory(void) { malloc_trim(0); }

void cl_uname(cl_system_name *out) {
    struct utsname name;
    memset(out, 0, sizeof *out);
    if (uname(&name) < 0) return;
    snprintf(out->system, sizeof out->system, "%s", name.sysname);
    snprintf(out->node, sizeof out->node, "%s", name.nodename);
    snprintf(out->release, sizeof out->release, "%s", name.release);
    snprintf(out->machine, sizeof out->machine, "%s", name.machine);
}

static atomic_int threshold = 3; // info
void cl_log_set_threshold(int level) { threshold = level; }
int cl_log_threshold(void) { return threshold; }

bool cl_stderr_is_journal(void) {
    static atomic_int known = -1;
    if (known >= 0) return known;
    const char *text = getenv("JOURNAL_STREAM"); // device:inode, systemd.exec(5)
    unsigned long long device, inode;
    struct stat s;
    bool is = text && sscanf(text, "%llu:%llu", &device, &inode) == 2
        && fstat(STDERR_FILENO, &s) == 0 && s.st_dev == device && s.st_ino == inode;
    known = is;
    return is;
}

// Double(String) of the standard library ends here, and Embedded Swift brings no definition. Weak and hidden, so that
// an ordinary build keeps the one of its own library.
__attribute__((weak, visibility("hidden")))
const char *_swift_stdlib_strtod_clocale(const char *text, double *out) {
    char *end;
    *out = strtod(text, &end);
    return end == text ? NULL : end;
}

#ifdef PERCH_EMBEDDED
// Swift 6.3's embedded runtime returns the object's plain address from these two, while the compiler takes what they return
// for the object it gave them (mended by github.com/swiftlang/swift/pull/91151): now and then a String of up to 15 bytes came
// out without its length, and the next use of it trapped. Its own definitions are weak, so these win.
#define PLAIN ((uintptr_t)(sizeof(uintptr_t) == 8 ? 0x8ffffffffffffff8 : 0xffffffff))
extern void *swift_retain_n(void *object, uint32_t count);

__attribute__((visibility("hidden"))) void *swift_bridgeObjectRetain_n(void *object, uint32_t count) {
    swift_retain_n((void *)((uintptr_t)object & PLAIN), count);
    return object;
}

__attribute__((visibility("hidden"))) void *swift_bridgeObjectRetain(void *object) {
    return swift_bridgeObjectRetain_n(object, 1);
}
#endif

// Swift's Dictionary and Set size their tables with ceil(). It is all that Perch would need of libm, and on x86-64, where it
// is no single instruction, that library alone costs 370 KB of resident memory. Weak, so that a libm that is linked wins;
// hidden, so that no other library sees it. The sign of a zero is not kept: capacities have none.
__attribute__((weak, visibility("hidden"))) double ceil(double value) {
    if (!(__builtin_fabs(value) < 4503599627370496.0)) return value; // from 2^52 on there is no fraction; NaN
    double whole = (double)(int64_t)value;
    return whole < value ? whole + 1 : whole;
}
