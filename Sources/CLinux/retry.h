// The one place where EINTR is handled: evaluates the call until it is not interrupted,
// and yields its result or -errno.
#pragma once
#define RETRY(call) ({ \
    int64_t result_; \
    do result_ = (int64_t)(call); while (result_ < 0 && errno == EINTR); \
    result_ < 0 ? -(int64_t)errno : result_; })
