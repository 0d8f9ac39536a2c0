// One small GPIO interface over libgpiod 1.6 (Debian 12, kernel uAPI v1) and 2.x (Debian 13, uAPI v2).
// CGPIOD.c decides by the header it is compiled with; <gpiod.h> is not included here so that Swift never
// sees the two different APIs. The nouns are libgpiod's: chip, line info, line request, edge event.
//
// Every function that can fail returns -1 or NULL with errno set by the failing call; `cgpiod_errno` reads it.
#pragma once
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The kernel's names are at most 31 characters (GPIO_MAX_NAME_SIZE).
#define CGPIOD_NAME_SIZE 32

typedef struct cgpiod_chip cgpiod_chip;
typedef struct cgpiod_line_request cgpiod_line_request;

enum cgpiod_direction { CGPIOD_AS_IS = 0, CGPIOD_INPUT = 1, CGPIOD_OUTPUT = 2 };
enum cgpiod_bias { CGPIOD_BIAS_AS_IS = 0, CGPIOD_BIAS_DISABLED = 1, CGPIOD_BIAS_PULL_UP = 2, CGPIOD_BIAS_PULL_DOWN = 3 };

struct cgpiod_line_info {
    char name[CGPIOD_NAME_SIZE];     // empty: the kernel has no name for it
    char consumer[CGPIOD_NAME_SIZE]; // empty: unused, or used without a name
    bool used;                       // claimed by a driver or another program, or muxed to another function
    bool output;
    bool active_low;
    uint8_t bias;                    // enum cgpiod_bias; AS_IS where the kernel does not know it
};

struct cgpiod_line_config {
    uint8_t direction;    // enum cgpiod_direction
    uint8_t bias;         // enum cgpiod_bias; not passed with AS_IS: the kernel wants a direction with it
    bool active_low;
    bool edges;           // inputs only: both edges
    bool counted;         // inputs with edges: the kernel keeps as many as it can
    bool value;           // outputs only: the logical level driven from the first moment
    uint32_t debounce_us; // inputs with edges, only where cgpiod_debounces()
};

struct cgpiod_edge_event {
    uint64_t timestamp_ns; // CLOCK_MONOTONIC
    uint32_t sequence;     // counts this line's edges from 1, gaps are lost edges; 0: not known (1.6)
    bool rising;           // logical: after active-low
};

/// `errno` is a macro, which Swift does not import.
static inline int cgpiod_errno(void) { return errno; }

/// Whether the kernel debounces for us (uAPI v2). Otherwise the caller settles in software.
bool cgpiod_debounces(void);
/// How many edges the kernel keeps for one line until they are read.
unsigned cgpiod_event_buffer_size(void);

cgpiod_chip *cgpiod_chip_open(const char *path);
void cgpiod_chip_close(cgpiod_chip *chip);
/// "gpiochip0". Not stable over reboots and kernels.
const char *cgpiod_chip_name(cgpiod_chip *chip);
/// "pinctrl-bcm2711". Stable.
const char *cgpiod_chip_label(cgpiod_chip *chip);
unsigned cgpiod_chip_num_lines(cgpiod_chip *chip);
int cgpiod_chip_line_info(cgpiod_chip *chip, unsigned offset, struct cgpiod_line_info *info);

/// The chip must outlive the request. `consumer` is what others see as the line's user.
cgpiod_line_request *cgpiod_chip_request_line(cgpiod_chip *chip, unsigned offset, const char *consumer,
                                              const struct cgpiod_line_config *config);
/// Changes the configuration of a held line without letting go of it. With libgpiod 1.6 not possible from
/// or to edge detection: -1 with ENOTSUP.
int cgpiod_line_request_reconfigure(cgpiod_line_request *request, const struct cgpiod_line_config *config);
/// 0 or 1, logical.
int cgpiod_line_request_get_value(cgpiod_line_request *request);
int cgpiod_line_request_set_value(cgpiod_line_request *request, bool value);
/// Non-blocking, readable when edges wait; -1 for a line without edge detection.
int cgpiod_line_request_fd(cgpiod_line_request *request);
/// Up to `capacity` (at most 16) edges, oldest first; 0 when none wait.
int cgpiod_line_request_read_edge_events(cgpiod_line_request *request, struct cgpiod_edge_event *events, unsigned capacity);
void cgpiod_line_request_release(cgpiod_line_request *request);
