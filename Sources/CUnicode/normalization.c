#include "normalization.h"
#include "tables.h"

uint16_t _swift_stdlib_getNormData(uint32_t scalar) {
    if (scalar < FIRST) return 0;
    // The last run of the first planes is that of compatibility ideographs, alone in theirs.
    if (scalar >= 0x20000) return scalar >= IDEOGRAPHS_FIRST && scalar <= IDEOGRAPHS_LAST ? IDEOGRAPHS_DATA : 0;
    uint32_t low = scalar < 0x10000 ? 0 : PLANE_1, high = scalar < 0x10000 ? PLANE_1 : RUNS;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (run_starts[middle] <= (scalar & 0xFFFF)) low = middle;
        else high = middle;
    }
    return data[run_data[low]];
}

// One step of a decomposition.
struct step {
    const uint8_t *next;           // behind it in the table
    uint32_t whole, first, second; // second is 0 where it becomes one other
};

static uint32_t number(struct step *step) {
    uint32_t number = 0;
    uint8_t byte;
    do {
        byte = *step->next++;
        number = number << 7 | (byte & 0x7F);
    } while (byte & 0x80);
    return number;
}

static void advance(struct step *step) {
    uint32_t gap = number(step), distance = number(step);
    step->whole += gap >> 1;
    step->first += distance & 1 ? -(distance >> 1) : distance >> 1;
    step->second = gap & 1 ? seconds[*step->next++] : 0;
}

// In front of the block that has `scalar`, if any has.
static struct step block(uint32_t scalar) {
    uint32_t low = 0, high = BLOCKS;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (block_wholes[middle] < scalar) low = middle;
        else high = middle;
    }
    return (struct step){steps + block_places[low], block_wholes[low], block_firsts[low], 0};
}

static uint8_t decomposition[1 + 4 * 4];
const uint8_t *const _swift_stdlib_nfd_decompositions = decomposition;

static void put(uint32_t scalar) {
    uint8_t *to = decomposition + 1 + decomposition[0];
    uint32_t more = scalar < 0x80 ? 0 : scalar < 0x800 ? 1 : scalar < 0x10000 ? 2 : 3;
    static const uint8_t leads[] = {0, 0xC0, 0xE0, 0xF0};
    *to++ = leads[more] | scalar >> 6 * more;
    decomposition[0] += 1 + more;
    while (more-- > 0) *to++ = 0x80 | (scalar >> 6 * more & 0x3F);
}

uint32_t _swift_stdlib_getDecompositionEntry(uint32_t scalar) {
    uint32_t tail[4], count = 0, head = scalar;
    if (!(_swift_stdlib_getNormData(scalar) & 1)) return ~scalar & 0x3FFFF;
    // Only what comes first decomposes further.
    while (_swift_stdlib_getNormData(head) & 1) {
        struct step step = block(head);
        do advance(&step); while (step.whole != head);
        head = step.first;
        if (step.second != 0) tail[count++] = step.second;
    }
    decomposition[0] = 0;
    put(head);
    while (count-- > 0) put(tail[count]);
    return scalar;
}

uint32_t _swift_stdlib_getComposition(uint32_t x, uint32_t y) {
    if (!(_swift_stdlib_getNormData(y) & 4)) return UINT32_MAX;
    struct step step = block(x < BEHIND ? 0 : x - BEHIND);
    while (step.next < steps + sizeof steps) {
        advance(&step);
        if (step.first == x && step.second == y && !(_swift_stdlib_getNormData(step.whole) & 2)) return step.whole;
    }
    return UINT32_MAX;
}
