#include "CLinux.h"
#include <netinet/in.h>
#include <arpa/nameser.h>
#include <resolv.h>

enum { SRV_FIXED = 6 }; // priority, weight and port before the target (RFC 2782)

int cl_srv_parse(const uint8_t *answer, size_t count, cl_srv *out, int capacity) {
    ns_msg message;
    if (count > NS_MAXMSG || ns_initparse(answer, (int)count, &message) < 0) return -1;
    int found = 0;
    for (int i = 0; i < ns_msg_count(message, ns_s_an) && found < capacity; i++) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, i, &record) < 0) return -1;
        if (ns_rr_type(record) != ns_t_srv || ns_rr_class(record) != ns_c_in) continue; // a CNAME on the way
        const uint8_t *data = ns_rr_rdata(record);
        if (ns_rr_rdlen(record) <= SRV_FIXED) return -1;
        cl_srv *srv = &out[found];
        srv->priority = ns_get16(data);
        srv->weight = ns_get16(data + 2);
        srv->port = ns_get16(data + 4);
        // Compression is forbidden here but seen; the name may reach back, its first part may not reach on.
        int length = ns_name_uncompress(answer, answer + count, data + SRV_FIXED, srv->target, sizeof srv->target);
        if (length < 0 || length > ns_rr_rdlen(record) - SRV_FIXED) return -1;
        size_t end = strlen(srv->target);
        if (end > 0 && srv->target[end - 1] == '.') srv->target[end - 1] = 0;
        found++;
    }
    return found;
}
