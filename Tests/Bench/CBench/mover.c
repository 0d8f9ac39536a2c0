#define _GNU_SOURCE
#include "CBench.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct move {
    int32_t target;
    int32_t up;
};

static char *targets[512];
static int target_count;

void bench_add_target(const char *target)
{
    if (target_count < 512) targets[target_count++] = strdup(target);
}

static int64_t monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void say(int socket, const char *target, int up)
{
    char text[128];
    int length = snprintf(text, sizeof text, "set %s %d\n", target, up);
    if (write(socket, text, (size_t)length) != length || read(socket, text, sizeof text) <= 0) exit(1);
}

static void pull(const char *target, int up)
{
    const char *word = up ? "pull-up" : "pull-down";
    int file = open(target, O_WRONLY);
    if (file < 0 || write(file, word, strlen(word)) < 0) exit(1);
    close(file);
}

static void serve(int commands, const char *path, int64_t *moved_at)
{
    struct move move;
    int control = -1;
    while (read(commands, &move, sizeof move) == sizeof move) {
        if (path && control < 0) {
            struct sockaddr_un address = {.sun_family = AF_UNIX};
            strncpy(address.sun_path, path, sizeof address.sun_path - 1);
            control = socket(AF_UNIX, SOCK_STREAM, 0);
            if (connect(control, (struct sockaddr *)&address, sizeof address) != 0) exit(1);
        }
        // The other side goes to sleep meanwhile, as between two edges of a real button.
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        *moved_at = monotonic();
        if (path) say(control, targets[move.target], move.up);
        else pull(targets[move.target], move.up);
    }
    exit(0);
}

int bench_mover(const char *socket, int64_t **moved_at)
{
    int ends[2];
    int64_t *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || pipe2(ends, O_CLOEXEC) != 0) return -1;
    *moved_at = shared;
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[1]);
        serve(ends[0], socket, shared);
    }
    close(ends[0]);
    return ends[1];
}

void bench_move(int mover, int32_t target, bool up)
{
    struct move move = {target, up};
    if (write(mover, &move, sizeof move) != sizeof move) abort();
}

void bench_stop(int mover) { close(mover); }
