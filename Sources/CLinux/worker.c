#define _GNU_SOURCE
#include "CLinux.h"
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <arpa/nameser.h>
#include <pthread.h>
#include <resolv.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include "retry.h"

enum {
    // glibc's resolver used 16.2 KiB of stack here for SRV, A and AAAA, reading files 8.1 KiB (measured, see
    // cl_worker_stack_used); NSS modules of other vendors (mdns, resolve) want more. Only touched pages count as memory.
    STACK_SIZE = 256 * 1024,
    ANSWER_SIZE = 16 * 1024, // bytes of DNS answer: 64 KiB is the protocol's limit, 16 records need 5
    FILE_SIZE_LIMIT = 64 * 1024,
};

enum kind { SERVICES, ADDRESSES, FILES, WRITE };

struct file {
    int64_t outcome; // count, or -errno
    uint8_t *bytes;
};

struct services {
    int outcome, count;
    cl_srv records[CL_SRV_LIMIT];
};

struct cl_job {
    struct cl_job *next;
    int64_t number;
    enum kind kind;
    char *text; // two names, a host, or paths, each NUL-terminated
    int text_count;
    size_t bytes_each;
    uint16_t port;
    int address_error, address_count;
    cl_address *addresses;
    struct services *services; // of two
    struct file *files;
    uint8_t *bytes; // to write
    size_t count;
    int64_t offset;
    bool sync;
    int write_outcome;
};

struct room { // one class of jobs and the thread that does them
    cl_job *first, *last;
    cl_job *running;
    int outstanding; // submitted and neither collected nor dropped
    int stuck;       // abandoned threads that have not come back
    unsigned generation;
    bool alive;
    pthread_cond_t work;
    uint8_t *stack;
    size_t stack_size;
};

struct cl_worker {
    pthread_mutex_t mutex;
    int event;
    int64_t last_number;
    cl_job *done_first, *done_last;
    struct room rooms[CL_CLASS_COUNT];
};

struct start {
    cl_worker *worker;
    int which;
    unsigned generation;
};

static int class_of(const cl_job *job) {
    return job->kind == FILES ? CL_CLASS_FILES : job->kind == WRITE ? CL_CLASS_DISK : CL_CLASS_RESOLVER;
}

void cl_job_free(cl_job *job) {
    if (!job) return;
    for (int i = 0; job->files && i < job->text_count; i++) free(job->files[i].bytes);
    free(job->files);
    free(job->bytes);
    free(job->addresses);
    free(job->services);
    free(job->text);
    free(job);
}

// MARK: On the threads

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

static void append(cl_job **first, cl_job **last, cl_job *job) {
    job->next = NULL;
    if (*last) (*last)->next = job;
    else *first = job;
    *last = job;
}

static void *work(void *argument) {
    struct start *start = argument;
    cl_worker *worker = start->worker;
    struct room *room = &worker->rooms[start->which];
    unsigned generation = start->generation;
    free(start);
    pthread_mutex_lock(&worker->mutex);
    for (;;) {
        while (!room->first) pthread_cond_wait(&room->work, &worker->mutex);
        cl_job *job = room->first;
        room->first = job->next;
        if (!room->first) room->last = NULL;
        room->running = job;
        pthread_mutex_unlock(&worker->mutex);
        switch (job->kind) {
            case SERVICES: look_up_services(job); break;
            case ADDRESSES: look_up_addresses(job); break;
            case FILES: read_files(job); break;
            case WRITE: job->write_outcome = job->offset < 0 ? replace_file(job) : extend_file(job); break;
        }
        pthread_mutex_lock(&worker->mutex);
        if (room->generation == generation) {
            room->running = NULL;
            append(&worker->done_first, &worker->done_last, job);
            uint64_t one = 1;
            (void)!write(worker->event, &one, sizeof one);
        } else { // abandoned while it hung: nobody wants the result
            cl_job_free(job);
            room->stuck--;
            if (room->alive) break;
            room->alive = true; // all the others hang: go on in their place
            generation = room->generation;
        }
    }
    pthread_mutex_unlock(&worker->mutex);
    return NULL;
}

// MARK: On the loop's thread

// With the mutex held.
static int start_thread(cl_worker *worker, int which) {
    struct room *room = &worker->rooms[which];
    struct start *start = malloc(sizeof *start);
    if (!start) return -ENOMEM;
    *start = (struct start){worker, which, room->generation};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // inherited: signals belong to the loop
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, work, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error) {
        free(start);
        return -error;
    }
    room->alive = true;
    if (pthread_getattr_np(thread, &attributes) == 0) {
        void *stack;
        size_t guard;
        pthread_attr_getstack(&attributes, &stack, &room->stack_size);
        pthread_attr_getguardsize(&attributes, &guard);
        room->stack = (uint8_t *)stack + guard;
        room->stack_size -= guard;
        pthread_attr_destroy(&attributes);
    }
    return 0;
}

cl_worker *cl_worker_new(int *error) {
    // One heap for all threads: a second arena would cost a page table and 132 KiB for a few lookups a day.
    mallopt(M_ARENA_MAX, 1);
    cl_worker *worker = calloc(1, sizeof *worker);
    if (!worker) {
        *error = -ENOMEM;
        return NULL;
    }
    worker->event = cl_eventfd();
    if (worker->event < 0) {
        *error = worker->event;
        free(worker);
        return NULL;
    }
    pthread_mutex_init(&worker->mutex, NULL);
    for (int i = 0; i < CL_CLASS_COUNT; i++) pthread_cond_init(&worker->rooms[i].work, NULL);
    *error = 0;
    return worker;
}

int cl_worker_event(const cl_worker *worker) { return worker->event; }
static int64_t submit(cl_worker *worker, cl_job *job) {
    int which = class_of(job);
    struct room *room = &worker->rooms[which];
    int64_t result = 0;
    pthread_mutex_lock(&worker->mutex);
    if (room->outstanding >= CL_QUEUE_LIMIT) result = -EAGAIN;
    else if (!room->alive) result = room->stuck >= CL_STUCK_LIMIT ? -EAGAIN : start_thread(worker, which);
    if (result == 0) {
        result = job->number = ++worker->last_number;
        room->outstanding++;
        append(&room->first, &room->last, job);
        pthread_cond_signal(&room->work);
    }
    pthread_mutex_unlock(&worker->mutex);
    if (result < 0) cl_job_free(job);
    return result;
}

static cl_job *new_job(enum kind kind, size_t text_size) {
    cl_job *job = calloc(1, sizeof *job);
    if (!job) return NULL;
    job->kind = kind;
    job->text = malloc(text_size);
    return job;
}

int64_t cl_submit_services(cl_worker *worker, const char *name, const char *other_name) {
    size_t size = strlen(name) + 1, other_size = strlen(other_name) + 1;
    cl_job *job = new_job(SERVICES, size + other_size);
    if (job) job->services = calloc(2, sizeof *job->services);
    if (!job || !job->text || !job->services) {
        cl_job_free(job);
        return -ENOMEM;
    }
    memcpy(job->text, name, size);
    memcpy(job->text + size, other_name, other_size);
    job->text_count = 2;
    return submit(worker, job);
}

int64_t cl_submit_addresses(cl_worker *worker, const char *host, uint16_t port) {
    size_t size = strlen(host) + 1;
    cl_job *job = new_job(ADDRESSES, size);
    if (job) job->addresses = calloc(CL_ADDRESSES_LIMIT, sizeof *job->addresses);
    if (!job || !job->text || !job->addresses) {
        cl_job_free(job);
        return -ENOMEM;
    }
    memcpy(job->text, host, size);
    job->text_count = 1;
    job->port = port;
    return submit(worker, job);
}

int64_t cl_submit_files(cl_worker *worker, const char *paths, int count, size_t bytes_each) {
    if (count < 1 || count > CL_FILES_LIMIT || bytes_each < 1 || bytes_each > FILE_SIZE_LIMIT) return -EINVAL;
    size_t size = 0;
    for (int i = 0; i < count; i++) size += strlen(paths + size) + 1;
    cl_job *job = new_job(FILES, size);
    if (job) job->files = calloc((size_t)count, sizeof *job->files);
    if (!job || !job->text || !job->files) {
        cl_job_free(job);
        return -ENOMEM;
    }
    memcpy(job->text, paths, size);
    job->text_count = count;
    job->bytes_each = bytes_each;
    return submit(worker, job);
}

int64_t cl_submit_write(cl_worker *worker, const char *path, const void *bytes, size_t count, int64_t offset, bool sync) {
    size_t size = strlen(path) + 1;
    cl_job *job = new_job(WRITE, size);
    if (job) job->bytes = malloc(count + 1);
    if (!job || !job->text || !job->bytes) {
        cl_job_free(job);
        return -ENOMEM;
    }
    memcpy(job->text, path, size);
    if (count) memcpy(job->bytes, bytes, count);
    job->count = count;
    job->offset = offset;
    job->sync = sync;
    return submit(worker, job);
}

// Takes the job with this number out of a list.
static cl_job *take(cl_job **first, cl_job **last, int64_t number) {
    cl_job *before = NULL;
    for (cl_job *job = *first; job; before = job, job = job->next) {
        if (job->number != number) continue;
        if (before) before->next = job->next;
        else *first = job->next;
        if (*last == job) *last = before;
        return job;
    }
    return NULL;
}

void cl_abandon(cl_worker *worker, int64_t number) {
    pthread_mutex_lock(&worker->mutex);
    cl_job *job = take(&worker->done_first, &worker->done_last, number);
    if (job) worker->rooms[class_of(job)].outstanding--;
    for (int i = 0; !job && i < CL_CLASS_COUNT; i++) {
        struct room *room = &worker->rooms[i];
        if ((job = take(&room->first, &room->last, number))) {
            room->outstanding--;
        } else if (room->running && room->running->number == number) {
            room->running = NULL; // its thread frees it when it comes back
            room->outstanding--;
            room->generation++;
            room->stuck++;
            room->alive = false;
            if (room->first && room->stuck < CL_STUCK_LIMIT) start_thread(worker, i);
            break;
        }
    }
    pthread_mutex_unlock(&worker->mutex);
    cl_job_free(job);
}

cl_job *cl_collect(cl_worker *worker) {
    pthread_mutex_lock(&worker->mutex);
    cl_job *job = worker->done_first;
    if (job) {
        worker->done_first = job->next;
        if (!worker->done_first) worker->done_last = NULL;
        worker->rooms[class_of(job)].outstanding--;
    }
    pthread_mutex_unlock(&worker->mutex);
    return job;
}

int64_t cl_job_number(const cl_job *job) { return job->number; }
int cl_job_srv_outcome(const cl_job *job, int which) { return job->services ? job->services[which & 1].outcome : CL_SRV_FAILED; }
int cl_job_srv_count(const cl_job *job, int which) { return job->services ? job->services[which & 1].count : 0; }
const cl_srv *cl_job_srv(const cl_job *job, int which, int index) {
    return index >= 0 && index < cl_job_srv_count(job, which) ? &job->services[which & 1].records[index] : NULL;
}
int cl_job_address_error(const cl_job *job) { return job->address_error; }
int cl_job_address_count(const cl_job *job) { return job->address_count; }
const cl_address *cl_job_address(const cl_job *job, int index) {
    return index >= 0 && index < job->address_count ? &job->addresses[index] : NULL;
}
const char *cl_address_error_text(int code) { return gai_strerror(code); }
bool cl_address_error_is_temporary(int code) { return code == EAI_AGAIN || code == EAI_SYSTEM || code == EAI_MEMORY; }
bool cl_address_error_is_absence(int code) { return code == EAI_NONAME || code == EAI_NODATA || code == EAI_ADDRFAMILY; }
int cl_job_file_count(const cl_job *job) { return job->files ? job->text_count : 0; }
const uint8_t *cl_job_file(const cl_job *job, int index, int64_t *outcome) {
    if (index < 0 || index >= cl_job_file_count(job)) {
        *outcome = -EINVAL;
        return NULL;
    }
    *outcome = job->files[index].outcome;
    return job->files[index].bytes;
}

int cl_job_write_outcome(const cl_job *job) { return job->write_outcome; }

size_t cl_worker_stack_used(const cl_worker *worker, int which) {
    const struct room *room = &worker->rooms[which == CL_CLASS_FILES ? CL_CLASS_FILES : CL_CLASS_RESOLVER];
    size_t untouched = 0; // a fresh stack is all zero
    while (untouched < room->stack_size && room->stack[untouched] == 0) untouched++;
    return room->stack_size - untouched;
}
