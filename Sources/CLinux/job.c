// What the worker's threads do. Pure C: nothing of Swift is touched here.
#define _GNU_SOURCE
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <sys/socket.h>
#include "job.h"
#include "retry.h"

enum { ANSWER_SIZE = 16 * 1024 }; // bytes of DNS answer: 64 KiB is the protocol's limit, 16 records need 5

static void look_up_services(cl_job *job) {
    uint8_t *answer = malloc(ANSWER_SIZE);
    struct __res_state state;
    memset(&state, 0, sizeof state);
    bool ready = answer && res_ninit(&state) == 0; // reads resolv.conf anew: the network may have changed
    const char *name = job->text;
    for (int i = 0; i < 2; i++, name += strlen(name) + 1) {
        struct services *s = &job->services[i];
        s->outcome = CL_SRV_FAILED;
        if (!ready) continue;
        int count = res_nquery(&state, name, ns_c_in, ns_t_srv, answer, ANSWER_SIZE);
        if (count < 0) {
            if (state.res_h_errno == HOST_NOT_FOUND || state.res_h_errno == NO_DATA) s->outcome = CL_SRV_NONE;
            continue;
        }
        s->count = cl_srv_parse(answer, count < ANSWER_SIZE ? (size_t)count : ANSWER_SIZE, s->records, CL_SRV_LIMIT);
        if (s->count < 0) s->count = 0;
        else s->outcome = s->count > 0 ? CL_SRV_FOUND : CL_SRV_NONE;
    }
    if (ready) res_nclose(&state);
    free(answer);
}

static void look_up_addresses(cl_job *job) {
    // No AI_ADDRCONFIG: it hides ::1 on a board without a network; a family that is not there fails at once anyway.
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)job->port);
    job->address_error = getaddrinfo(job->text, port, &hints, &list);
    for (struct addrinfo *a = list; a && job->address_count < CL_ADDRESSES_LIMIT; a = a->ai_next) {
        if (a->ai_addrlen > CL_ADDRESS_SIZE || (a->ai_family != AF_INET && a->ai_family != AF_INET6)) continue;
        cl_address *out = &job->addresses[job->address_count++];
        memset(out, 0, sizeof *out);
        out->length = a->ai_addrlen;
        memcpy(out->bytes, a->ai_addr, a->ai_addrlen);
    }
    if (list) freeaddrinfo(list);
}

static void read_files(cl_job *job) {
    const char *path = job->text;
    for (int i = 0; i < job->text_count; i++, path += strlen(path) + 1) {
        struct file *file = &job->files[i];
        int fd = cl_open(path, O_RDONLY | O_NOCTTY, 0);
        if (fd < 0) {
            file->outcome = fd;
            continue;
        }
        // Exactly one read(2): a second one would ask the sensor again, and some drivers answer EAGAIN for ever.
        file->bytes = malloc(job->bytes_each);
        file->outcome = file->bytes ? cl_read(fd, file->bytes, job->bytes_each) : -ENOMEM;
        close(fd);
        if (file->outcome <= 0) {
            free(file->bytes);
            file->bytes = NULL;
        } else {
            uint8_t *fitted = realloc(file->bytes, (size_t)file->outcome);
            if (fitted) file->bytes = fitted;
        }
    }
}

static int write_all(const cl_job *job, int fd, int64_t offset) {
    for (size_t done = 0; done < job->count;) {
        ssize_t count = RETRY(pwrite(fd, job->bytes + done, job->count - done, (off_t)offset + (off_t)done));
        if (count < 0) return (int)count;
        if (count == 0) return -EIO;
        done += (size_t)count;
    }
    return 0;
}

static int extend_file(const cl_job *job) {
    int fd = cl_open(job->text, O_WRONLY | O_CREAT | O_NOFOLLOW, 0600);
    if (fd < 0) return fd;
    cl_file_info info;
    int error = cl_fstat(fd, &info);
    if (error == 0 && info.size < (uint64_t)job->offset) error = -ESTALE;
    if (error == 0 && info.size > (uint64_t)job->offset) error = (int)RETRY(ftruncate(fd, (off_t)job->offset));
    if (error == 0 && (error = write_all(job, fd, job->offset)) < 0) (void)!ftruncate(fd, (off_t)job->offset);
    if (error == 0 && job->sync) error = cl_fdatasync(fd);
    close(fd);
    return error;
}

static int replace_file(cl_job *job) {
    char *path = job->text, *new = malloc(strlen(path) + 5);
    if (!new) return -ENOMEM;
    strcpy(stpcpy(new, path), ".new");
    (void)cl_unlink(new); // left over from a crash; O_EXCL refuses links that somebody planted
    int fd = cl_open(new, O_WRONLY | O_CREAT | O_EXCL, 0600);
    int error = fd < 0 ? fd : write_all(job, fd, 0);
    if (error == 0) error = cl_fsync(fd);
    if (fd >= 0) close(fd);
    if (error == 0) error = cl_rename(new, path);
    if (error < 0) (void)cl_unlink(new);
    free(new);
    char *slash = strrchr(path, '/');
    if (error < 0 || !slash) return error;
    slash[slash == path] = 0; // its directory
    fd = cl_open(path, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) return fd;
    error = cl_fsync(fd);
    close(fd);
    return error;
}

void cl_job_run(cl_job *job) {
    switch (job->kind) {
        case SERVICES: look_up_services(job); break;
        case ADDRESSES: look_up_addresses(job); break;
        case FILES: read_files(job); break;
        case WRITE: job->write_outcome = job->offset < 0 ? replace_file(job) : extend_file(job); break;
    }
}
