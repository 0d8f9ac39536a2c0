// What Swift cannot import from glibc, or what differs between ordinary and Embedded Swift:
// errno, variadic calls, macros, and the worker thread.
//
// Every call returns its result (>= 0) or `-errno`, as the kernel itself does, so nobody has to
// read the global `errno` afterwards, and EINTR is retried here and nowhere else.
// Every descriptor made here is CLOEXEC.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Files (files.c)

typedef struct {
    uint32_t mode; // type and permission bits as in stat(2)
    uint32_t owner, group;
    uint64_t device, inode, size;
    int64_t modified_ms; // since 1970
} cl_file_info;

int cl_open(const char *path, int flags, uint32_t mode);
int cl_close(int fd);
int64_t cl_read(int fd, void *into, size_t count);
int64_t cl_write(int fd, const void *from, size_t count);
int cl_fsync(int fd);
int cl_fdatasync(int fd);
int cl_rename(const char *from, const char *to);
int cl_unlink(const char *path);
int cl_fchmod(int fd, uint32_t mode);
int cl_fstat(int fd, cl_file_info *out);
int cl_stat(const char *path, cl_file_info *out);
int cl_access(const char *path, int how);
int64_t cl_readlink(const char *path, char *into, size_t capacity); // not NUL terminated
/// Bytes of the file system that holds `path`: all of it, and what this process may still use.
int cl_file_system(const char *path, uint64_t *total, uint64_t *available);

typedef struct cl_directory cl_directory;
cl_directory *cl_directory_open(const char *path, int *error); // NULL and -errno in *error
const char *cl_directory_next(cl_directory *directory);        // NULL at the end; skips . and ..
void cl_directory_close(cl_directory *directory);

/// Words for an error number, without the leading capital ("permission denied").
/// Writes at most `capacity` bytes including NUL into `into`.
void cl_error_text(int error, char *into, size_t capacity);

// MARK: Clock (clock.c)

/// Nanoseconds of CLOCK_BOOTTIME: monotonic, counts suspend.
int64_t cl_boottime_ns(void);
/// Nanoseconds of CLOCK_MONOTONIC, which is what systemd wants in MONOTONIC_USEC.
int64_t cl_monotonic_ns(void);
/// Milliseconds since 1970.
int64_t cl_wall_ms(void);
/// Seconds east of UTC of the local time zone at a moment. The zone file is looked at again every
/// 15 minutes, since no zone changes its offset more often; so a change of zone is noticed too.
int32_t cl_utc_offset(int64_t seconds_since_1970);

// MARK: Loop (loop.c)

enum { CL_IN = 1, CL_OUT = 4, CL_ERROR = 8, CL_HANGUP = 16 };
typedef struct {
    uint64_t data;
    uint32_t events; // of the enum above
} cl_event;

int cl_epoll(void);
int cl_epoll_add(int epoll, int fd, uint32_t events, uint64_t data);
int cl_epoll_modify(int epoll, int fd, uint32_t events, uint64_t data);
int cl_epoll_remove(int epoll, int fd);
/// Waits for at least one event; `wait_ms` < 0 for ever. Returns how many of `out` were filled.
int cl_epoll_wait(int epoll, cl_event *out, int capacity, int wait_ms);

/// Sleeps. Only for what is waited for before the loop runs, or once in a reload.
void cl_pause(uint32_t milliseconds);
/// A timerfd on CLOCK_BOOTTIME.
int cl_timer(void);
/// Absolute; a time that has passed fires at once; a negative one disarms.
int cl_timer_set(int timer, int64_t boottime_ns);
int cl_eventfd(void);
/// Empties an eventfd or timerfd so that it is no longer readable.
void cl_drain(int fd);

/// Blocks TERM, INT and HUP for this and later threads and makes them readable on the descriptor
/// returned; ignores PIPE.
int cl_signalfd(void);
/// The same for CONT alone: readable when the process was stopped and goes on.
int cl_signalfd_continued(void);
/// The next signal's number, or -EAGAIN.
int cl_signal_next(int fd);
int cl_raise(int signal);

// MARK: Sockets (sockets.c)

enum { CL_ADDRESS_SIZE = 28 };
/// An IPv4 or IPv6 address with its port, as the kernel wants it.
typedef struct {
    uint32_t length; // of the used part of `bytes`: 16 for IPv4, 28 for IPv6
    uint8_t bytes[CL_ADDRESS_SIZE];
} cl_address;

/// Parses an IPv4 or IPv6 literal (the latter with an optional %zone). false when it is neither.
bool cl_address_parse(const char *literal, uint16_t port, cl_address *out);
bool cl_address_is_ipv6(const cl_address *address);
uint16_t cl_address_port(const cl_address *address);
/// `192.0.2.1:5222` or `[2001:db8::1]:5222`, NUL terminated.
void cl_address_text(const cl_address *address, char *into, size_t capacity);

/// A non-blocking TCP socket of the address's family with TCP_NODELAY.
int cl_tcp_socket(const cl_address *address);
/// 0 when connected at once, 1 when under way.
int cl_connect(int fd, const cl_address *address);
/// Takes the pending error of a socket: 0 or -errno.
int cl_socket_error(int fd);
/// How long sent data may stay unacknowledged before the kernel gives the connection up (TCP_USER_TIMEOUT).
int cl_tcp_user_timeout(int fd, uint32_t milliseconds);
/// Acknowledge what has arrived now instead of up to 40 ms later (tcp(7), TCP_QUICKACK). A server that does not set
/// TCP_NODELAY holds its next stanza back until then; Prosody 0.12 is one.
void cl_tcp_acknowledge(int fd);
/// 0 when the peer closed.
int64_t cl_receive(int fd, void *into, size_t count);
int64_t cl_send(int fd, const void *from, size_t count); // MSG_NOSIGNAL

/// Listens on a Unix stream socket, mode 0600 from the start. -EADDRINUSE when somebody listens there or the
/// file is not a socket; a socket that nobody listens on is replaced.
int cl_unix_listen(const char *path);
int cl_accept(int fd); // non-blocking, -EAGAIN when nobody waits
int cl_unix_connect(const char *path);
/// Sends one datagram to a Unix socket; a leading @ means the abstract name space.
int cl_unix_datagram(const char *path, const void *from, size_t count);

// MARK: Network (network.c)

/// A netlink socket that tells of links, addresses and routes (rtnetlink(7)).
int cl_network_monitor(void);
/// A netlink socket that tells of devices (uevents).
int cl_chip_monitor(void);
/// Takes what waits at one of the two, at most 16 datagrams: 1 when one of them matters, 0 when not.
int cl_monitor_changed(int fd, bool (*matters)(const void *bytes, size_t count), void *buffer, size_t capacity);
/// Whether one of the messages in a datagram of rtnetlink matters to a connection. Pure.
bool cl_network_matters(const void *bytes, size_t count);
/// Whether a uevent is about a GPIO chip. Pure.
bool cl_chip_matters(const void *bytes, size_t count);
/// Whether this machine still has the address that a connected socket sends from.
bool cl_socket_has_address(int fd);

// MARK: Process (process.c)

/// The program's arguments as the loader got them, since Embedded Swift has no CommandLine.
int cl_argument_count(void);
const char *cl_argument(int index);
int cl_pid(void);
uint32_t cl_user(void);
bool cl_is_terminal(int fd);
/// Gives memory that was freed back to the kernel (malloc_trim).
void cl_trim_memory(void);
typedef struct { char system[65], node[65], release[65], machine[65]; } cl_system_name;
void cl_uname(cl_system_name *out);
/// Sets the log's threshold (0 error … 4 debug), and reads it.
void cl_log_set_threshold(int level);
int cl_log_threshold(void);
/// Whether stderr is the journal: JOURNAL_STREAM names its device and inode. Looked up once.
bool cl_stderr_is_journal(void);

// MARK: DNS (dns.c)

enum {
    CL_NAME_SIZE = 256,  // a DNS name in text is at most 254 characters (RFC 1035 §2.3.4)
    CL_SRV_LIMIT = 16,   // records kept of one answer; more than that is no sane service
};
typedef struct {
    uint16_t priority, weight, port;
    char target[CL_NAME_SIZE]; // no final dot; "" when the service is decidedly not offered (".")
} cl_srv;

/// Reads the SRV records of a DNS answer (RFC 1035 §4.1, RFC 2782). Pure.
/// Returns how many of `out` were filled, or -1 when the bytes are not a DNS message.
int cl_srv_parse(const uint8_t *answer, size_t count, cl_srv *out, int capacity);

// MARK: Worker (worker.c)
//
// Calls that can block (the resolver, slow sysfs attributes) run on threads whose whole body is C: reference
// counts of Embedded Swift on ARM are not atomic, so no Swift value ever crosses. Swift submits and collects
// on the loop's thread. One thread for each class, so a sensor that hangs does not stop the resolver; a class that is held
// up by slow files gets more for as long as that lasts.

enum { CL_CLASS_RESOLVER = 0, CL_CLASS_FILES = 1, CL_CLASS_DISK = 2, CL_CLASS_COUNT = 3 };
enum {
    CL_QUEUE_LIMIT = 512,  // jobs waiting in one class; each sensor has at most one
    CL_FILES_LIMIT = 16,   // files in one job: an IIO channel needs four
    CL_ADDRESSES_LIMIT = 16,
    CL_STUCK_LIMIT = 4,    // threads of one class that may hang in the kernel before the class refuses work
    CL_FILE_THREADS = 3,   // that read files at one time: two buses may be slow, and the rest goes on
};
enum { CL_SRV_FOUND = 0, CL_SRV_NONE = 1, CL_SRV_FAILED = 2 };

typedef struct cl_job cl_job;
typedef struct cl_worker cl_worker;

cl_worker *cl_worker_new(int *error); // NULL and -errno in *error
/// Readable when jobs are done. Owned by the worker.
int cl_worker_event(const cl_worker *worker);
/// Each returns the job's number (> 0), -ENOBUFS when the class's queue is full or all its threads hang, or -errno.
int64_t cl_submit_services(cl_worker *worker, const char *name, const char *other_name);
int64_t cl_submit_addresses(cl_worker *worker, const char *host, uint16_t port);
/// `paths` is `count` NUL-terminated strings one after another. One open and one read(2) for each file. Jobs of the same `bus`, when it
/// is not 0, are done one after the other: they would only wait for each other in the kernel.
int64_t cl_submit_files(cl_worker *worker, const char *paths, int count, size_t bytes_each, uint32_t bus);
/// To be called when jobs wait for longer than they should: starts one more thread if there is work for one and the limits allow it. Whether
/// to call again when that did not help.
bool cl_relieve(cl_worker *worker);
/// When a job was begun (nanoseconds of CLOCK_BOOTTIME), 0 while it waits for its turn, -1 when what it waits for hangs or it is not known.
int64_t cl_started(cl_worker *worker, int64_t number);
/// Writes to a file, which is made with mode 0600 when it is not there. `offset` < 0 replaces it as a whole (a new file beside it,
/// fsync, rename, fsync of the directory: after a power cut either the old or the new contents are there). Else `count` bytes (also 0)
/// go to `offset`, where the file must end (what stands there of a write that failed is cut), and fdatasync follows when `sync`.
/// What cannot be written whole is taken back.
int64_t cl_submit_write(cl_worker *worker, const char *path, const void *bytes, size_t count, int64_t offset, bool sync);
/// Nobody waits for this job any more: it is dropped from the queue, or its late result is. When it is
/// running, its class goes on with a new thread.
void cl_abandon(cl_worker *worker, int64_t number);
/// A finished job, or NULL. Free it.
cl_job *cl_collect(cl_worker *worker);
void cl_job_free(cl_job *job);

int64_t cl_job_number(const cl_job *job);
/// Of the first (0) or second (1) name: CL_SRV_FOUND, _NONE or _FAILED.
int cl_job_srv_outcome(const cl_job *job, int which);
int cl_job_srv_count(const cl_job *job, int which);
const cl_srv *cl_job_srv(const cl_job *job, int which, int index);
/// 0, or the EAI_ code of getaddrinfo(3).
int cl_job_address_error(const cl_job *job);
int cl_job_address_count(const cl_job *job);
const cl_address *cl_job_address(const cl_job *job, int index);
/// Words for an EAI_ code.
const char *cl_address_error_text(int code);
bool cl_address_error_is_temporary(int code);
bool cl_address_error_is_absence(int code); // no such name, or a name without addresses
/// The file's bytes, or NULL and -errno in *outcome; else *outcome is their count.
const uint8_t *cl_job_file(const cl_job *job, int index, int64_t *outcome);
/// Of cl_submit_write: 0, or -errno; -ESTALE when the file was shorter than `offset`.
int cl_job_write_outcome(const cl_job *job);
/// The most stack in bytes that a thread of this class has used so far, for choosing its size in tests.
size_t cl_worker_stack_used(const cl_worker *worker, int which_class);

// MARK: Terminal (terminal.c)

/// What INT, TERM and HUP write to stderr before they end the process, with the terminal as it was; NULL: they do nothing.
void cl_on_interrupt(const char *last_words);
/// Writes a prompt and reads one line of standard input, without its end: its bytes, -ENODATA at the end of the input, -E2BIG when it is
/// longer than `capacity`. A secret is not echoed.
int64_t cl_ask(const char *prompt, char *into, size_t capacity, bool is_secret);
/// Runs a program with our standard streams and waits for it: its exit status, 128 and the signal that ended it, or -errno.
/// `words` is `count` (at most 15) NUL-terminated strings one after another, the first one looked for in PATH.
int cl_run(const char *words, int count);
int64_t cl_group(const char *name); // its number, or -ENOENT
int cl_mkdir(const char *path, uint32_t mode);
int cl_fchown(int fd, uint32_t owner, uint32_t group);
enum { CL_QR_LIMIT = 177 * 177 }; // modules of the largest code (ISO/IEC 18004, version 40)
/// The QR code of a text: the modules of one side, and each as a byte (1: dark) in rows. -ENOSYS without libqrencode, which is only
/// looked for here, -E2BIG when the text is too long.
int cl_qr(const char *text, uint8_t *modules, size_t capacity);

#ifdef __cplusplus
}
#endif
