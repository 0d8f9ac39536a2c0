// What xml-bench needs: a clock, a file, output, and bare Expat over the same bytes.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The first word of the command line, or NULL.
const char *bench_argument(void);
// Processor time of this process: what other programs do at the same time does not count.
int64_t bench_nanoseconds(void);
// The whole file, or NULL; the caller never frees it.
unsigned char *bench_read(const char *path, size_t *length);
// Parse the bytes `rounds` times with a fresh parser and empty handlers, fed in slices; start tags seen, or -1.
int64_t bench_expat(const unsigned char *bytes, size_t length, size_t slice, int rounds);
void bench_print(const char *text, size_t length);

// For local-bench: a process of its own that moves inputs.

// What number 0, 1, 2 … of bench_move is: a line's name for the control socket, else a file of gpio-sim.
void bench_add_target(const char *target);
// Starts the process; the descriptor for bench_move, or -1. `socket` is the simulated board's control socket, NULL: files.
// `moved_at` is where it notes CLOCK_MONOTONIC, in nanoseconds, just before it moves something.
int bench_mover(const char *socket, int64_t **moved_at);
// Drive an input up or down, in two milliseconds from now.
void bench_move(int mover, int32_t target, bool up);
void bench_stop(int mover);
