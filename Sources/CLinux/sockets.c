#define _GNU_SOURCE
#include "CLinux.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include "retry.h"

_Static_assert(sizeof(struct sockaddr_in) <= CL_ADDRESS_SIZE && sizeof(struct sockaddr_in6) <= CL_ADDRESS_SIZE, "an address fits");

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} socket_address;

static socket_address unpack(const cl_address *address) {
    socket_address a;
    memset(&a, 0, sizeof a);
    memcpy(&a, address->bytes, address->length <= sizeof a ? address->length : sizeof a);
    return a;
}

static void pack(const void *address, uint32_t length, cl_address *out) {
    memset(out, 0, sizeof *out);
    out->length = length;
    memcpy(out->bytes, address, length);
}

bool cl_address_parse(const char *literal, uint16_t port, cl_address *out) {
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, literal, &v4.sin_addr) == 1) {
        pack(&v4, sizeof v4, out);
        return true;
    }
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    char text[INET6_ADDRSTRLEN];
    const char *zone = strchr(literal, '%');
    size_t length = zone ? (size_t)(zone - literal) : strlen(literal);
    if (length >= sizeof text) return false;
    memcpy(text, literal, length);
    text[length] = 0;
    if (zone && !(v6.sin6_scope_id = if_nametoindex(zone + 1))) return false;
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) != 1) return false;
    pack(&v6, sizeof v6, out);
    return true;
}

bool cl_address_is_ipv6(const cl_address *address) { return unpack(address).any.sa_family == AF_INET6; }

uint16_t cl_address_port(const cl_address *address) {
    socket_address a = unpack(address);
    return ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

void cl_address_text(const cl_address *address, char *into, size_t capacity) {
    socket_address a = unpack(address);
    char text[INET6_ADDRSTRLEN] = "?";
    if (a.any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &a.v6.sin6_addr, text, sizeof text);
        snprintf(into, capacity, "[%s]:%u", text, (unsigned)ntohs(a.v6.sin6_port));
    } else {
        inet_ntop(AF_INET, &a.v4.sin_addr, text, sizeof text);
        snprintf(into, capacity, "%s:%u", text, (unsigned)ntohs(a.v4.sin_port));
    }
}

int cl_tcp_socket(const cl_address *address) {
    int fd = (int)RETRY(socket(unpack(address).any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    int yes = 1;
    if (fd >= 0) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

int cl_connect(int fd, const cl_address *address) {
    socket_address a = unpack(address);
    // EINTR means that it goes on in the background, as EINPROGRESS does: never repeated.
    if (connect(fd, &a.any, address->length) == 0) return 0;
    return errno == EINPROGRESS || errno == EINTR ? 1 : -errno;
}

int cl_socket_error(int fd) {
    int error = 0;
    socklen_t size = sizeof error;
    int result = (int)RETRY(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size));
    return result < 0 ? result : -error;
}

int cl_tcp_user_timeout(int fd, uint32_t milliseconds) {
    return (int)RETRY(setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds));
}

void cl_tcp_acknowledge(int fd) {
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
}

int64_t cl_receive(int fd, void *into, size_t count) { return RETRY(recv(fd, into, count, 0)); }
int64_t cl_send(int fd, const void *from, size_t count) { return RETRY(send(fd, from, count, MSG_NOSIGNAL)); }
int cl_accept(int fd) { return (int)RETRY(accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)); }

static int unix_address(const char *path, struct sockaddr_un *out, socklen_t *length) {
    size_t count = strlen(path);
    if (count == 0) return -EINVAL;
    if (count >= sizeof out->sun_path) return -ENAMETOOLONG;
    memset(out, 0, sizeof *out);
    out->sun_family = AF_UNIX;
    memcpy(out->sun_path, path, count);
    bool abstract = path[0] == '@';
    if (abstract) out->sun_path[0] = 0; // unix(7): the name's length is the address's, no final NUL
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count + (abstract ? 0 : 1));
    return 0;
}

int cl_unix_connect(const char *path) {
    struct sockaddr_un address;
    socklen_t length;
    int result = unix_address(path, &address, &length);
    if (result < 0) return result;
    int fd = (int)RETRY(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (fd < 0) return fd;
    if ((result = (int)RETRY(connect(fd, (struct sockaddr *)&address, length))) < 0) {
        close(fd);
        return result;
    }
    return fd;
}

int cl_unix_listen(const char *path) {
    struct sockaddr_un address;
    socklen_t length;
    int result = unix_address(path, &address, &length);
    if (result < 0) return result;
    int fd = (int)RETRY(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (fd < 0) return fd;
    // Linux gives the file the mode of the unbound socket, so there is no moment with another mode.
    result = (int)RETRY(fchmod(fd, 0600));
    if (result == 0) result = (int)RETRY(bind(fd, (struct sockaddr *)&address, length));
    if (result == -EADDRINUSE && path[0] != '@') {
        struct stat s;
        int probe = lstat(path, &s) == 0 && S_ISSOCK(s.st_mode) ? cl_unix_connect(path) : -EADDRINUSE;
        if (probe >= 0) close(probe);
        if (probe == -ECONNREFUSED && unlink(path) == 0)
            result = (int)RETRY(bind(fd, (struct sockaddr *)&address, length));
    }
    if (result == 0) result = (int)RETRY(listen(fd, 8));
    if (result < 0) {
        close(fd);
        return result;
    }
    return fd;
}

int cl_unix_datagram(const char *path, const void *from, size_t count) {
    struct sockaddr_un address;
    socklen_t length;
    int result = unix_address(path, &address, &length);
    if (result < 0) return result;
    int fd = (int)RETRY(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (fd < 0) return fd;
    int64_t sent = RETRY(sendto(fd, from, count, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address, length));
    close(fd);
    return sent < 0 ? (int)sent : 0;
}
