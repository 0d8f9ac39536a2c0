// inih as Debian ships it. Its limits are C globals, which Swift 6 refuses as shared mutable
// state, so this function sets them and hands one line to inih.
#pragma once
#include <ini.h>

/// Parses `text` (NUL-terminated, every line shorter than `longest - 3` bytes) without inih's
/// continuation lines: an indented `key = value` is a key of its own, as systemd users expect.
/// Returns 0, or the number of the first line that is neither a section nor `name = value`.
static inline int perch_ini_parse(const char *text, int longest, ini_handler handler, void *user) {
    ini_max_line = longest;
    ini_allow_multiline = false;
    ini_allow_no_value = false;
    ini_stop_on_first_error = false;
    return ini_parse_string(text, handler, user);
}
