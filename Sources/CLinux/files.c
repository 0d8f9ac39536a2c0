#define _GNU_SOURCE
#include "CLinux.h"
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include "retry.h"

int cl_open(const char *path, int flags, uint32_t mode) {
    return (int)RETRY(open(path, flags | O_CLOEXEC, (mode_t)mode));
}

// Not retried: Linux has freed the descriptor even when close says EINTR.
int cl_close(int fd) { return close(fd) < 0 ? -errno : 0; }

int64_t cl_read(int fd, void *into, size_t count) { return RETRY(read(fd, into, count)); }
int64_t cl_write(int fd, const void *from, size_t count) { return RETRY(write(fd, from, count)); }
int cl_fsync(int fd) { return (int)RETRY(fsync(fd)); }
int cl_fdatasync(int fd) { return (int)RETRY(fdatasync(fd)); }
int cl_rename(const char *from, const char *to) { return (int)RETRY(rename(from, to)); }
int cl_unlink(const char *path) { return (int)RETRY(unlink(path)); }
int cl_fchmod(int fd, uint32_t mode) { return (int)RETRY(fchmod(fd, (mode_t)mode)); }
int cl_access(const char *path, int how) { return (int)RETRY(access(path, how)); }
int64_t cl_readlink(const char *path, char *into, size_t capacity) { return RETRY(readlink(path, into, capacity)); }

static int fill(int result, const struct stat *s, cl_file_info *out) {
    if (result < 0) return result;
    *out = (cl_file_info){
        .mode = s->st_mode, .owner = s->st_uid, .group = s->st_gid,
        .device = s->st_dev, .inode = s->st_ino, .size = s->st_size < 0 ? 0 : (uint64_t)s->st_size,
        .modified_ms = (int64_t)s->st_mtim.tv_sec * 1000 + s->st_mtim.tv_nsec / 1000000,
    };
    return 0;
}

int cl_fstat(int fd, cl_file_info *out) {
    struct stat s;
    return fill((int)RETRY(fstat(fd, &s)), &s, out);
}
int cl_stat(const char *path, cl_file_info *out) {
    struct stat s;
    return fill((int)RETRY(stat(path, &s)), &s, out);
}

int cl_file_system(const char *path, uint64_t *total, uint64_t *available) {
    struct statvfs s;
    int result = (int)RETRY(statvfs(path, &s));
    if (result < 0) return result;
    *total = (uint64_t)s.f_blocks * s.f_frsize;
    *available = (uint64_t)s.f_bavail * s.f_frsize;
    return 0;
}

// DIR is the same thing under glibc's name; a name of our own spares Swift two imports of an opaque type.
cl_directory *cl_directory_open(const char *path, int *error) {
    DIR *directory = opendir(path);
    *error = directory ? 0 : -errno;
    return (cl_directory *)directory;
}

const char *cl_directory_next(cl_directory *directory) {
    struct dirent *entry;
    do entry = readdir((DIR *)directory);
    while (entry && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
    return entry ? entry->d_name : NULL;
}

void cl_directory_close(cl_directory *directory) { closedir((DIR *)directory); }

void cl_error_text(int error, char *into, size_t capacity) {
    if (capacity == 0) return;
    char buffer[128];
    const char *text = strerror_r(error, buffer, sizeof buffer); // the GNU one: returns the text
    size_t length = strlen(text);
    if (length >= capacity) length = capacity - 1;
    memcpy(into, text, length);
    into[length] = 0;
    // "Permission denied" → "permission denied", but "RPC struct is bad" stays.
    if (length > 1 && islower((unsigned char)into[1])) into[0] = (char)tolower((unsigned char)into[0]);
}
