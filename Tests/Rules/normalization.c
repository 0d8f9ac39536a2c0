// Sources/CUnicode/normalization.c beside the standard library's own functions: every scalar, every pair that becomes one, and many that do not.
#include <stdio.h>
#include <string.h>
#include "normalization.h"

uint16_t _swift_stdlib_getNormData_(uint32_t) __asm__("_swift_stdlib_getNormData");
uint32_t _swift_stdlib_getDecompositionEntry_(uint32_t) __asm__("_swift_stdlib_getDecompositionEntry");
uint32_t _swift_stdlib_getComposition_(uint32_t, uint32_t) __asm__("_swift_stdlib_getComposition");
extern const uint8_t *const _swift_stdlib_nfd_decompositions_ __asm__("_swift_stdlib_nfd_decompositions");

enum { SCALARS = 0x110000, LOWER_18 = 0x3FFFF };

int main(void) {
    int wrong = 0, pairs = 0;
    for (uint32_t scalar = 0; scalar < SCALARS; scalar++) {
        if (perch_getNormData(scalar) != _swift_stdlib_getNormData_(scalar)) wrong += printf("U+%04X has other data\n", scalar) > 0;
        uint32_t ours = perch_getDecompositionEntry(scalar), theirs = _swift_stdlib_getDecompositionEntry_(scalar);
        if (((ours & LOWER_18) == scalar) != ((theirs & LOWER_18) == scalar)) {
            wrong += printf("U+%04X decomposes only here, or only there\n", scalar) > 0;
        } else if ((ours & LOWER_18) == scalar) {
            const uint8_t *a = perch_nfd_decompositions + (ours >> 18), *b = _swift_stdlib_nfd_decompositions_ + (theirs >> 18);
            if (memcmp(a, b, *b + 1)) wrong += printf("U+%04X decomposes otherwise\n", scalar) > 0;
        }
    }
    // What becomes one, and what could: a base behind and in front of each that does.
    for (uint32_t y = 0; y < 0x20000; y++) {
        int near = 0;
        for (uint32_t x = 0; x < 0x20000; x += _swift_stdlib_getNormData_(y) & 4 ? 1 : 509) {
            uint32_t theirs = _swift_stdlib_getComposition_(x, y);
            if (theirs != UINT32_MAX) near = 2, pairs++;
            if (near == 0 && x % 509 != 0) continue;
            near -= near > 0;
            uint32_t ours = perch_getComposition(x, y);
            if (ours != theirs) wrong += printf("U+%04X and U+%04X become U+%04X, not U+%04X\n", x, y, ours, theirs) > 0;
        }
    }
    printf("%d pairs, %d wrong\n", pairs, wrong);
    return wrong != 0 || pairs < 900;
}
