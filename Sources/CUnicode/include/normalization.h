// The part of Unicode that the standard library asks for where it compares and normalises Strings, in its own words: these functions
// take the place of those in libswiftUnicodeDataTables.a, whose tables are 31 KB, in the Embedded program. It is C because Swift
// has no way to say that a function is that of another module.
#pragma once
#include <stdint.h>

#ifndef PERCH_EMBEDDED
// Beside the library's own, for Tests/Rules/test_unicode.py.
#define _swift_stdlib_getNormData perch_getNormData
#define _swift_stdlib_getDecompositionEntry perch_getDecompositionEntry
#define _swift_stdlib_getComposition perch_getComposition
#define _swift_stdlib_nfd_decompositions perch_nfd_decompositions
#endif

// Canonical combining class times eight, plus 1: decomposes, 2: is not in NFC, 4: may compose with what is before it. 0 below U+00C0, and for Hangul
// syllables, which have arithmetic of their own.
uint16_t _swift_stdlib_getNormData(uint32_t scalar);

// The scalar in the lower 18 bits (another one: it does not decompose); above them where _swift_stdlib_nfd_decompositions has
// the length of its full decomposition, in UTF-8, and behind that the decomposition. Here it is there until the next call.
uint32_t _swift_stdlib_getDecompositionEntry(uint32_t scalar);
extern const uint8_t *const _swift_stdlib_nfd_decompositions;

// The scalar that x and y become, UINT32_MAX for none.
uint32_t _swift_stdlib_getComposition(uint32_t x, uint32_t y);
