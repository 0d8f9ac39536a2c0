// What a worker's thread is given and brings back; only worker.c and job.c look inside.
#pragma once
#include "CLinux.h"

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
    uint32_t bus;    // jobs of one bus are not done at the same time; 0: of none
    int64_t started; // CLOCK_BOOTTIME in nanoseconds; 0 while it waits
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

// Does the job, on a thread of the worker: nothing else may look at it meanwhile.
void cl_job_run(cl_job *job);
