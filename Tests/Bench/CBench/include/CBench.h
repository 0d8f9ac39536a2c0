// For xml-bench: a clock, a file, output, and bare Expat over the same bytes.
#pragma once
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
