// The records are walked here and not by ns_initparse(3): that lives in libresolv, a library that the process
// would map for nothing else. Names, the hard part, are still glibc's work.
#include "CLinux.h"
#include <netinet/in.h>
#include <arpa/nameser.h>
#include <resolv.h>

enum {
    HEADER_SIZE = 12,       // identification, flags and four counts (RFC 1035 §4.1.1)
    AFTER_QUESTION = 4, // type and class
    RECORD_FIXED = 10, // type, class, time to live and length of the data (§4.1.3)
    SRV_FIXED = 6,     // priority, weight and port before the target (RFC 2782)
};

static uint16_t number(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }

int cl_srv_parse(const uint8_t *answer, size_t count, cl_srv *out, int capacity) {
    if (count < HEADER_SIZE) return -1;
    const uint8_t *at = answer + HEADER_SIZE, *end = answer + count;
    for (int questions = number(answer + 4); questions > 0; questions--)
        if (ns_name_skip(&at, end) < 0 || end - at < AFTER_QUESTION) return -1;
        else at += AFTER_QUESTION;
    int found = 0;
    for (int records = number(answer + 6); records > 0 && found < capacity; records--) {
        if (ns_name_skip(&at, end) < 0 || end - at < RECORD_FIXED) return -1;
        uint16_t type = number(at), class = number(at + 2), length = number(at + 8);
        at += RECORD_FIXED;
        if (end - at < length) return -1;
        const uint8_t *data = at;
        at += length;
        if (type != ns_t_srv || class != ns_c_in) continue; // a CNAME on the way
        if (length <= SRV_FIXED) return -1;
        cl_srv *srv = &out[found];
        srv->priority = number(data);
        srv->weight = number(data + 2);
        srv->port = number(data + 4);
        // Compression is forbidden here but seen: the name may refer back, its own part ends with the record.
        int used = ns_name_uncompress(answer, end, data + SRV_FIXED, srv->target, sizeof srv->target);
        if (used < 0 || used > length - SRV_FIXED) return -1;
        size_t size = strlen(srv->target);
        if (size > 0 && srv->target[size - 1] == '.') srv->target[size - 1] = 0;
        found++;
    }
    return found;
}
