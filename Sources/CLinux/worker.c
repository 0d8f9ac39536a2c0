#define _GNU_SOURCE
#include "CLinux.h"
#include <malloc.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include "job.h"
#include "retry.h"

enum {
    // glibc's resolver used 16.2 KiB of stack here for SRV, A and AAAA, reading files 8.1 KiB (measured, see
    // cl_worker_stack_used); NSS modules of other vendors (mdns, resolve) want more. Only touched pages count as memory.
    STACK_SIZE = 256 * 1024,
    FILE_SIZE_LIMIT = 64 * 1024,
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
        cl_job_run(job);
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
