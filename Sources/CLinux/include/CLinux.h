// What Swift cannot import from glibc, or what differs between ordinary and Embedded Swift:
// errno, variadic calls, macros, and the worker thread.
#pragma once
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
