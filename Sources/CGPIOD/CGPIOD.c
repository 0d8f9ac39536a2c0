#include "CGPIOD.h"

#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 16

static void copy_name(char to[CGPIOD_NAME_SIZE], const char *from) {
    size_t length = from ? strnlen(from, CGPIOD_NAME_SIZE - 1) : 0;
    if (length) memcpy(to, from, length);
    to[length] = 0;
}

static int make_non_blocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

#ifdef GPIOD_LINE_BULK_MAX_LINES /* libgpiod 1.x: the macro is gone in 2.0 */

struct cgpiod_chip {
    struct gpiod_chip *chip;
};

struct cgpiod_line_request {
    struct gpiod_line *line;
    bool edges;
};

bool cgpiod_debounces(void) { return false; }
// uAPI v1: lineevent_state's kfifo in drivers/gpio/gpiolib-cdev.c
unsigned cgpiod_event_buffer_size(void) { return 16; }

cgpiod_chip *cgpiod_chip_open(const char *path) {
    cgpiod_chip *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    if (!(self->chip = gpiod_chip_open(path))) {
        int saved = errno;
        free(self);
        errno = saved;
        return NULL;
    }
    return self;
}

void cgpiod_chip_close(cgpiod_chip *self) {
    gpiod_chip_close(self->chip);
    free(self);
}

const char *cgpiod_chip_name(cgpiod_chip *self) { return gpiod_chip_name(self->chip); }
const char *cgpiod_chip_label(cgpiod_chip *self) { return gpiod_chip_label(self->chip); }
unsigned cgpiod_chip_num_lines(cgpiod_chip *self) { return gpiod_chip_num_lines(self->chip); }

int cgpiod_chip_line_info(cgpiod_chip *self, unsigned offset, struct cgpiod_line_info *info) {
    struct gpiod_line *line = gpiod_chip_get_line(self->chip, offset);
    // get_line asks the kernel only the first time.
    if (!line || gpiod_line_update(line) < 0) return -1;
    copy_name(info->name, gpiod_line_name(line));
    copy_name(info->consumer, gpiod_line_consumer(line));
    info->used = gpiod_line_is_used(line);
    info->output = gpiod_line_direction(line) == GPIOD_LINE_DIRECTION_OUTPUT;
    info->active_low = gpiod_line_active_state(line) == GPIOD_LINE_ACTIVE_STATE_LOW;
    switch (gpiod_line_bias(line)) {
    case GPIOD_LINE_BIAS_DISABLE: info->bias = CGPIOD_BIAS_DISABLED; break;
    case GPIOD_LINE_BIAS_PULL_UP: info->bias = CGPIOD_BIAS_PULL_UP; break;
    case GPIOD_LINE_BIAS_PULL_DOWN: info->bias = CGPIOD_BIAS_PULL_DOWN; break;
    default: info->bias = CGPIOD_BIAS_AS_IS; break;
    }
    return 0;
}

static int flags_of(const struct cgpiod_line_config *config) {
    int flags = config->active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
    if (config->direction == CGPIOD_AS_IS) return flags;
    switch (config->bias) {
    case CGPIOD_BIAS_DISABLED: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
    case CGPIOD_BIAS_PULL_UP: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
    case CGPIOD_BIAS_PULL_DOWN: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
    default: return flags;
    }
}

static bool wants_edges(const struct cgpiod_line_config *config) {
    return config->direction == CGPIOD_INPUT && config->edges;
}

static int direction_of(const struct cgpiod_line_config *config) {
    switch (config->direction) {
    case CGPIOD_INPUT: return GPIOD_LINE_REQUEST_DIRECTION_INPUT;
    case CGPIOD_OUTPUT: return GPIOD_LINE_REQUEST_DIRECTION_OUTPUT;
    default: return GPIOD_LINE_REQUEST_DIRECTION_AS_IS;
    }
}

cgpiod_line_request *cgpiod_chip_request_line(cgpiod_chip *chip, unsigned offset, const char *consumer,
                                              const struct cgpiod_line_config *config) {
    struct gpiod_line *line = gpiod_chip_get_line(chip->chip, offset);
    if (!line) return NULL;
    cgpiod_line_request *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->line = line;
    self->edges = wants_edges(config);
    struct gpiod_line_request_config request = {
        .consumer = consumer,
        .request_type = self->edges ? GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES : direction_of(config),
        .flags = flags_of(config),
    };
    if (gpiod_line_request(line, &request, config->value) < 0) {
        int saved = errno;
        free(self);
        errno = saved;
        return NULL;
    }
    if (self->edges && make_non_blocking(gpiod_line_event_get_fd(line)) < 0) {
        int saved = errno;
        cgpiod_line_request_release(self);
        errno = saved;
        return NULL;
    }
    return self;
}

int cgpiod_line_request_reconfigure(cgpiod_line_request *self, const struct cgpiod_line_config *config) {
    if (self->edges || wants_edges(config)) {
        errno = ENOTSUP;
        return -1;
    }
    return gpiod_line_set_config(self->line, direction_of(config), flags_of(config), config->value);
}

int cgpiod_line_request_get_value(cgpiod_line_request *self) { return gpiod_line_get_value(self->line); }

int cgpiod_line_request_set_value(cgpiod_line_request *self, bool value) {
    return gpiod_line_set_value(self->line, value);
}

int cgpiod_line_request_fd(cgpiod_line_request *self) {
    return self->edges ? gpiod_line_event_get_fd(self->line) : -1;
}

int cgpiod_line_request_read_edge_events(cgpiod_line_request *self, struct cgpiod_edge_event *events, unsigned capacity) {
    struct gpiod_line_event batch[BATCH];
    int count = gpiod_line_event_read_multiple(self->line, batch, capacity < BATCH ? capacity : BATCH);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    for (int i = 0; i < count; i++) {
        events[i].timestamp_ns = (uint64_t)batch[i].ts.tv_sec * 1000000000u + (uint64_t)batch[i].ts.tv_nsec;
        events[i].sequence = 0;
        events[i].rising = batch[i].event_type == GPIOD_LINE_EVENT_RISING_EDGE;
    }
    return count;
}

void cgpiod_line_request_release(cgpiod_line_request *self) {
    gpiod_line_release(self->line);
    free(self);
}

#else /* libgpiod 2.x */

struct cgpiod_chip {
    struct gpiod_chip *chip;
    struct gpiod_chip_info *info;
};

struct cgpiod_line_request {
    struct gpiod_line_request *request;
    struct gpiod_edge_event_buffer *buffer; // NULL without edges
    unsigned offset;
};

// Edges. The kernel's default is 16, too few for a bouncing contact while one slow turn of the loop (a TLS
// handshake on a Pi Zero) runs; it allows 1024 for one line, at 48 bytes each.
#define EVENT_BUFFER 256
// A flow meter gives a thousand edges a second, so here it is what the kernel allows: GPIO_V2_LINES_MAX * 16.
#define COUNTED_EVENT_BUFFER 1024

bool cgpiod_debounces(void) { return true; }
unsigned cgpiod_event_buffer_size(void) { return EVENT_BUFFER; }

cgpiod_chip *cgpiod_chip_open(const char *path) {
    cgpiod_chip *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    if ((self->chip = gpiod_chip_open(path)) && (self->info = gpiod_chip_get_info(self->chip))) return self;
    int saved = errno;
    if (self->chip) gpiod_chip_close(self->chip);
    free(self);
    errno = saved;
    return NULL;
}

void cgpiod_chip_close(cgpiod_chip *self) {
    gpiod_chip_info_free(self->info);
    gpiod_chip_close(self->chip);
    free(self);
}

const char *cgpiod_chip_name(cgpiod_chip *self) { return gpiod_chip_info_get_name(self->info); }
const char *cgpiod_chip_label(cgpiod_chip *self) { return gpiod_chip_info_get_label(self->info); }
unsigned cgpiod_chip_num_lines(cgpiod_chip *self) { return (unsigned)gpiod_chip_info_get_num_lines(self->info); }

int cgpiod_chip_line_info(cgpiod_chip *self, unsigned offset, struct cgpiod_line_info *info) {
    struct gpiod_line_info *line = gpiod_chip_get_line_info(self->chip, offset);
    if (!line) return -1;
    copy_name(info->name, gpiod_line_info_get_name(line));
    copy_name(info->consumer, gpiod_line_info_get_consumer(line));
    info->used = gpiod_line_info_is_used(line);
    info->output = gpiod_line_info_get_direction(line) == GPIOD_LINE_DIRECTION_OUTPUT;
    info->active_low = gpiod_line_info_is_active_low(line);
    switch (gpiod_line_info_get_bias(line)) {
    case GPIOD_LINE_BIAS_DISABLED: info->bias = CGPIOD_BIAS_DISABLED; break;
    case GPIOD_LINE_BIAS_PULL_UP: info->bias = CGPIOD_BIAS_PULL_UP; break;
    case GPIOD_LINE_BIAS_PULL_DOWN: info->bias = CGPIOD_BIAS_PULL_DOWN; break;
    default: info->bias = CGPIOD_BIAS_AS_IS; break;
    }
    gpiod_line_info_free(line);
    return 0;
}

static struct gpiod_line_config *line_config(unsigned offset, const struct cgpiod_line_config *config) {
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    struct gpiod_line_config *lines = gpiod_line_config_new();
    int failed = !settings || !lines;
    if (!failed) {
        gpiod_line_settings_set_active_low(settings, config->active_low);
        if (config->direction == CGPIOD_INPUT) {
            failed |= gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
            if (config->edges) {
                failed |= gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
                gpiod_line_settings_set_debounce_period_us(settings, config->debounce_us);
            }
        } else if (config->direction == CGPIOD_OUTPUT) {
            failed |= gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
            failed |= gpiod_line_settings_set_output_value(
                settings, config->value ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
        } else {
            failed |= gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_AS_IS);
        }
        if (config->direction != CGPIOD_AS_IS) {
            static const enum gpiod_line_bias biases[] = {
                [CGPIOD_BIAS_AS_IS] = GPIOD_LINE_BIAS_AS_IS,
                [CGPIOD_BIAS_DISABLED] = GPIOD_LINE_BIAS_DISABLED,
                [CGPIOD_BIAS_PULL_UP] = GPIOD_LINE_BIAS_PULL_UP,
                [CGPIOD_BIAS_PULL_DOWN] = GPIOD_LINE_BIAS_PULL_DOWN,
            };
            failed |= gpiod_line_settings_set_bias(settings, biases[config->bias & 3]);
        }
        failed |= gpiod_line_config_add_line_settings(lines, &offset, 1, settings);
    }
    int saved = errno;
    if (settings) gpiod_line_settings_free(settings);
    if (failed && lines) {
        gpiod_line_config_free(lines);
        lines = NULL;
    }
    errno = saved;
    return lines;
}

cgpiod_line_request *cgpiod_chip_request_line(cgpiod_chip *chip, unsigned offset, const char *consumer,
                                              const struct cgpiod_line_config *config) {
    bool edges = config->direction == CGPIOD_INPUT && config->edges;
    cgpiod_line_request *self = calloc(1, sizeof *self);
    struct gpiod_request_config *request = gpiod_request_config_new();
    struct gpiod_line_config *lines = line_config(offset, config);
    if (self && request && lines) {
        self->offset = offset;
        gpiod_request_config_set_consumer(request, consumer);
        if (edges) gpiod_request_config_set_event_buffer_size(request, config->counted ? COUNTED_EVENT_BUFFER : EVENT_BUFFER);
        if (!edges || (self->buffer = gpiod_edge_event_buffer_new(BATCH)))
            self->request = gpiod_chip_request_lines(chip->chip, request, lines);
    }
    int saved = errno;
    if (request) gpiod_request_config_free(request);
    if (lines) gpiod_line_config_free(lines);
    if (self && self->request) {
        if (!edges || make_non_blocking(gpiod_line_request_get_fd(self->request)) == 0) return self;
        saved = errno;
        gpiod_line_request_release(self->request);
    }
    if (self && self->buffer) gpiod_edge_event_buffer_free(self->buffer);
    free(self);
    errno = saved;
    return NULL;
}

int cgpiod_line_request_reconfigure(cgpiod_line_request *self, const struct cgpiod_line_config *config) {
    // The kernel's event buffer has the size given at request: edges are not switched on or off later.
    if ((self->buffer != NULL) != (config->direction == CGPIOD_INPUT && config->edges)) {
        errno = ENOTSUP;
        return -1;
    }
    struct gpiod_line_config *lines = line_config(self->offset, config);
    if (!lines) return -1;
    int result = gpiod_line_request_reconfigure_lines(self->request, lines);
    int saved = errno;
    gpiod_line_config_free(lines);
    errno = saved;
    return result;
}

int cgpiod_line_request_get_value(cgpiod_line_request *self) {
    switch (gpiod_line_request_get_value(self->request, self->offset)) {
    case GPIOD_LINE_VALUE_ACTIVE: return 1;
    case GPIOD_LINE_VALUE_INACTIVE: return 0;
    default: return -1;
    }
}

int cgpiod_line_request_set_value(cgpiod_line_request *self, bool value) {
    return gpiod_line_request_set_value(self->request, self->offset,
                                        value ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
}

int cgpiod_line_request_fd(cgpiod_line_request *self) {
    return self->buffer ? gpiod_line_request_get_fd(self->request) : -1;
}

int cgpiod_line_request_read_edge_events(cgpiod_line_request *self, struct cgpiod_edge_event *events, unsigned capacity) {
    int count = gpiod_line_request_read_edge_events(self->request, self->buffer, capacity < BATCH ? capacity : BATCH);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    for (int i = 0; i < count; i++) {
        struct gpiod_edge_event *event = gpiod_edge_event_buffer_get_event(self->buffer, (unsigned long)i);
        events[i].timestamp_ns = gpiod_edge_event_get_timestamp_ns(event);
        events[i].sequence = (uint32_t)gpiod_edge_event_get_line_seqno(event);
        events[i].rising = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE;
    }
    return count;
}

void cgpiod_line_request_release(cgpiod_line_request *self) {
    gpiod_line_request_release(self->request);
    if (self->buffer) gpiod_edge_event_buffer_free(self->buffer);
    free(self);
}

#endif
