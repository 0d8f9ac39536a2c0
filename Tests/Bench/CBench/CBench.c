#include "CBench.h"
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char *argument;
// glibc hands the command line to constructors as well.
__attribute__((constructor)) static void remember(int count, char **words)
{
    argument = count > 1 ? words[1] : NULL;
}
const char *bench_argument(void) { return argument; }

int64_t bench_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

unsigned char *bench_read(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    unsigned char *bytes = size > 0 ? malloc((size_t)size) : NULL;
    if (bytes && fread(bytes, 1, (size_t)size, file) != (size_t)size) bytes = NULL;
    fclose(file);
    *length = bytes ? (size_t)size : 0;
    return bytes;
}

static void start(void *count, const char *name, const char **attributes)
{
    (void)name, (void)attributes;
    ++*(int64_t *)count;
}
static void end(void *count, const char *name) { (void)count, (void)name; }
static void text(void *count, const char *bytes, int length) { (void)count, (void)bytes, (void)length; }

int64_t bench_expat(const unsigned char *bytes, size_t length, size_t slice, int rounds)
{
    int64_t count = 0;
    for (int round = 0; round < rounds; round++) {
        XML_Parser parser = XML_ParserCreateNS("UTF-8", '\f');
        XML_SetUserData(parser, &count);
        XML_SetElementHandler(parser, start, end);
        XML_SetCharacterDataHandler(parser, text);
        for (size_t at = 0; at < length; at += slice)
            if (XML_Parse(parser, (const char *)bytes + at, (int)(length - at < slice ? length - at : slice), 0) != XML_STATUS_OK)
                return -1;
        XML_ParserFree(parser);
    }
    return count;
}

void bench_print(const char *text, size_t length)
{
    if (write(1, text, length) != (ssize_t)length) abort();
}
