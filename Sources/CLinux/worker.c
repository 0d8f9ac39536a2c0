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

struct thread {
    cl_job *running;
    bool alive;
    bool stuck; // nobody waits for what it is doing
    uint8_t *stack;
    size_t stack_size;
};

struct room { // one class of jobs and the threads that do them
    cl_job *first, *last;
    int outstanding; // submitted and neither collected nor dropped
    int idle;        // threads that wait for work: one at most
    pthread_cond_t work;
    struct thread threads[CL_FILE_THREADS + CL_STUCK_LIMIT];
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
    int which, index;
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

// How many threads of a room are there, those that hang or the others.
static int count(const struct room *room, bool stuck) {
    int found = 0;
    for (int i = 0; i < CL_FILE_THREADS + CL_STUCK_LIMIT; i++) found += room->threads[i].alive && room->threads[i].stuck == stuck;
    return found;
}

static int limit(int which) { return which == CL_CLASS_FILES ? CL_FILE_THREADS : 1; }

// The thread that uses the job's bus.
static const struct thread *user_of_bus(const struct room *room, const cl_job *job) {
    for (int i = 0; job->bus && i < CL_FILE_THREADS + CL_STUCK_LIMIT; i++) {
        const struct thread *thread = &room->threads[i];
        if (thread->running && thread->running->bus == job->bus) return thread;
    }
    return NULL;
}

// The first job that can be begun.
static const cl_job *next(const struct room *room) {
    const cl_job *job = room->first;
    while (job && user_of_bus(room, job)) job = job->next;
    return job;
}

static void *work(void *argument) {
    struct start *start = argument;
    cl_worker *worker = start->worker;
    struct room *room = &worker->rooms[start->which];
    struct thread *self = &room->threads[start->index];
    int most = limit(start->which);
    free(start);
    pthread_mutex_lock(&worker->mutex);
    for (;;) {
        const cl_job *first = next(room);
        if (!first) {
            if (room->idle) break; // one is enough to wait
            room->idle++;
            pthread_cond_wait(&room->work, &worker->mutex);
            room->idle--;
            continue;
        }
        cl_job *job = take(&room->first, &room->last, first->number);
        job->started = cl_boottime_ns();
        self->running = job;
        pthread_mutex_unlock(&worker->mutex);
        cl_job_run(job);
        pthread_mutex_lock(&worker->mutex);
        self->running = NULL;
        if (!self->stuck) {
            append(&worker->done_first, &worker->done_last, job);
            uint64_t one = 1;
            (void)!write(worker->event, &one, sizeof one);
        } else { // abandoned while it hung: nobody wants the result
            cl_job_free(job);
            self->stuck = false;
            if (count(room, false) > most) break; // others work in its place
        }
    }
    *self = (struct thread){0};
    if (room->first) pthread_cond_signal(&room->work);
    pthread_mutex_unlock(&worker->mutex);
    return NULL;
}

// MARK: On the loop's thread

// With the mutex held.
static int start_thread(cl_worker *worker, int which) {
    struct thread *self = worker->rooms[which].threads;
    int index = 0;
    for (; self->alive; self++) index++; // never more than working and stuck ones together
    struct start *start = malloc(sizeof *start);
    if (!start) return -ENOMEM;
    *start = (struct start){worker, which, index};
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
    self->alive = true;
    if (pthread_getattr_np(thread, &attributes) == 0) {
        void *stack;
        size_t guard;
        pthread_attr_getstack(&attributes, &stack, &self->stack_size);
        pthread_attr_getguardsize(&attributes, &guard);
        self->stack = (uint8_t *)stack + guard;
        self->stack_size -= guard;
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

// One more thread, when there is work for it and nobody to do it; with the mutex held.
static bool help(cl_worker *worker, int which) {
    struct room *room = &worker->rooms[which];
    if (room->idle || !next(room) || count(room, false) >= limit(which) || count(room, true) >= CL_STUCK_LIMIT) return false;
    return start_thread(worker, which) == 0;
}

bool cl_relieve(cl_worker *worker) {
    pthread_mutex_lock(&worker->mutex);
    bool again = help(worker, CL_CLASS_FILES);
    pthread_mutex_unlock(&worker->mutex);
    return again;
}

static int64_t submit(cl_worker *worker, cl_job *job) {
    int which = class_of(job);
    struct room *room = &worker->rooms[which];
    int64_t result = 0;
    pthread_mutex_lock(&worker->mutex);
    if (room->outstanding >= CL_QUEUE_LIMIT) result = -ENOBUFS;
    else if (!count(room, false)) result = count(room, true) >= CL_STUCK_LIMIT ? -ENOBUFS : start_thread(worker, which);
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

int64_t cl_submit_files(cl_worker *worker, const char *paths, int count, size_t bytes_each, uint32_t bus) {
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
    job->bus = bus;
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

void cl_abandon(cl_worker *worker, int64_t number) {
    pthread_mutex_lock(&worker->mutex);
    cl_job *job = take(&worker->done_first, &worker->done_last, number);
    if (job) worker->rooms[class_of(job)].outstanding--;
    for (int i = 0; !job && i < CL_CLASS_COUNT; i++) {
        struct room *room = &worker->rooms[i];
        if ((job = take(&room->first, &room->last, number))) {
            room->outstanding--;
            break;
        }
        for (int j = 0; j < CL_FILE_THREADS + CL_STUCK_LIMIT; j++) {
            struct thread *thread = &room->threads[j];
            if (thread->stuck || !thread->running || thread->running->number != number) continue;
            thread->stuck = true; // it frees the job when it comes back
            room->outstanding--;
            help(worker, i);
        }
    }
    pthread_mutex_unlock(&worker->mutex);
    cl_job_free(job);
}

int64_t cl_started(cl_worker *worker, int64_t number) {
    int64_t started = -1;
    pthread_mutex_lock(&worker->mutex);
    for (int i = 0; i < CL_CLASS_COUNT; i++) {
        struct room *room = &worker->rooms[i];
        for (const cl_job *job = room->first; job; job = job->next) {
            if (job->number != number) continue;
            const struct thread *user = user_of_bus(room, job);
            if (user ? !user->stuck : count(room, false) > 0) started = 0;
        }
        for (int j = 0; j < CL_FILE_THREADS + CL_STUCK_LIMIT; j++) {
            const cl_job *job = room->threads[j].running;
            if (job && job->number == number) started = job->started;
        }
    }
    pthread_mutex_unlock(&worker->mutex);
    return started;
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
const uint8_t *cl_job_file(const cl_job *job, int index, int64_t *outcome) {
    if (!job->files || index < 0 || index >= job->text_count) {
        *outcome = -EINVAL;
        return NULL;
    }
    *outcome = job->files[index].outcome;
    return job->files[index].bytes;
}

int cl_job_write_outcome(const cl_job *job) { return job->write_outcome; }

size_t cl_worker_stack_used(const cl_worker *worker, int which) {
    const struct thread *thread = worker->rooms[which == CL_CLASS_FILES ? CL_CLASS_FILES : CL_CLASS_RESOLVER].threads;
    size_t untouched = 0; // a fresh stack is all zero
    while (untouched < thread->stack_size && thread->stack[untouched] == 0) untouched++;
    return thread->stack_size - untouched;
}
