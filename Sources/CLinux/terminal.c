// A person at a terminal, and the programs that are run for one: what `perch init` needs.
#define _GNU_SOURCE
#include "CLinux.h"
#include <dlfcn.h>
#include <grp.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include "retry.h"

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
static char last_words[512];
static volatile sig_atomic_t is_hidden; // the terminal does not echo, and `shown` is how it was
static struct termios shown;

static void interrupted(int number) {
    if (is_hidden) tcsetattr(STDIN_FILENO, TCSANOW, &shown);
    int64_t ignored = write(STDERR_FILENO, last_words, strlen(last_words));
    (void)ignored;
    raise(number); // SA_RESETHAND: now it ends the process, and whoever waits for it sees by what
}

void cl_on_interrupt(const char *words) {
    struct sigaction action = {.sa_handler = words ? interrupted : SIG_IGN, .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
    sigset_t mask;
    sigemptyset(&mask);
    // Not while the words change.
    for (int i = 0; i < 3; i++) { sigaddset(&mask, ending[i]); }
    sigprocmask(SIG_BLOCK, &mask, NULL);
    if (words) snprintf(last_words, sizeof last_words, "%s", words);
    for (int i = 0; i < 3; i++) sigaction(ending[i], &action, NULL);
    sigprocmask(SIG_UNBLOCK, &mask, NULL);
}

int64_t cl_ask(const char *prompt, char *into, size_t capacity, bool is_secret) {
    if (is_secret && tcgetattr(STDIN_FILENO, &shown) == 0) {
        struct termios quiet = shown;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        quiet.c_lflag |= ECHONL;
        is_hidden = true;
        tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet);
    }
    int64_t result = RETRY(write(STDOUT_FILENO, prompt, strlen(prompt)));
    size_t length = 0;
    while (result >= 0) {
        char byte;
        result = RETRY(read(STDIN_FILENO, &byte, 1));
        if (result == 0) result = -ENODATA;
        if (result < 0 || byte == '\n') break;
        if (length < capacity) into[length] = byte;
        length++;
    }
    if (is_hidden) tcsetattr(STDIN_FILENO, TCSADRAIN, &shown);
    is_hidden = false;
    if (result < 0) return result;
    return length > capacity ? -E2BIG : (int64_t)length;
}

int cl_run(const char *words, int count) {
    char *arguments[16];
    if (count < 1 || count > 15) return -E2BIG;
    for (int i = 0; i < count; i++) {
        arguments[i] = (char *)words;
        words += strlen(words) + 1;
    }
    arguments[count] = NULL;
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    for (int i = 0; i < 3; i++) sigaddset(&usual, ending[i]);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t child;
    int problem = posix_spawnp(&child, arguments[0], NULL, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    if (problem) return -problem;
    int status;
    int64_t result = RETRY(waitpid(child, &status, 0));
    if (result < 0) return (int)result;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int64_t cl_group(const char *name) {
    struct group *group = getgrnam(name);
    return group ? (int64_t)group->gr_gid : -ENOENT;
}

int cl_mkdir(const char *path, uint32_t mode) { return (int)RETRY(mkdir(path, (mode_t)mode)); }
int cl_fchown(int fd, uint32_t owner, uint32_t group) { return (int)RETRY(fchown(fd, owner, group)); }

// qrencode.h, as the library has had it since version 3.
typedef struct { int version, width; unsigned char *data; } qr_code;

int cl_qr(const char *text, uint8_t *modules, size_t capacity) {
    void *library = dlopen("libqrencode.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) return -ENOSYS;
    // Bytes as they are, version 0: the smallest that fits, level 0: the least redundancy, since nothing gets dirty on a screen.
    qr_code *(*encode)(const char *, int, int) = (qr_code * (*)(const char *, int, int)) dlsym(library, "QRcode_encodeString8bit");
    void (*discard)(qr_code *) = (void (*)(qr_code *))dlsym(library, "QRcode_free");
    qr_code *code = encode && discard ? encode(text, 0, 0) : NULL;
    int side = -E2BIG;
    if (code && code->width > 0 && (size_t)code->width * (size_t)code->width <= capacity) {
        side = code->width;
        for (int i = 0; i < side * side; i++) modules[i] = code->data[i] & 1;
    }
    if (code) discard(code);
    dlclose(library);
    return side;
}
