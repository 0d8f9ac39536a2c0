#define _GNU_SOURCE
#include "CLinux.h"
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "retry.h"

enum {
    // Datagrams of one turn; more wait for the next, so that a storm of routes does not hold up everything else.
    DATAGRAMS = 16,
    // Hundredths of a second between an address's creation and an update of it that is not its creation.
    REFRESHED = 100,
};

static int monitor(int protocol, uint32_t groups) {
    int fd = (int)RETRY(socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
    if (fd < 0) return fd;
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
    int result = (int)RETRY(bind(fd, (struct sockaddr *)&address, sizeof address));
    if (result < 0) {
        close(fd);
        return result;
    }
    return fd;
}

int cl_network_monitor(void) {
    return monitor(NETLINK_ROUTE, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE);
}

// 1: from the kernel, as soon as a device is there. 2: from udev, once its rules have given us the permission to open it.
int cl_chip_monitor(void) { return monitor(NETLINK_KOBJECT_UEVENT, 1 | 2); }

// The attribute of that type in `length` bytes of attributes, or NULL.
static const struct rtattr *attribute(const struct rtattr *first, int length, unsigned short type) {
    for (const struct rtattr *a = first; RTA_OK(a, length); a = RTA_NEXT(a, length))
        if (a->rta_type == type) return a;
    return NULL;
}

static bool link_matters(const struct nlmsghdr *message) {
    if (message->nlmsg_len < NLMSG_LENGTH(sizeof(struct ifinfomsg))) return false;
    const struct ifinfomsg *link = NLMSG_DATA(message);
    // Each scan of a wireless card is told as well.
    return !(link->ifi_flags & IFF_LOOPBACK) && !attribute(IFLA_RTA(link), (int)IFLA_PAYLOAD(message), IFLA_WIRELESS);
}

static bool address_matters(const struct nlmsghdr *message) {
    if (message->nlmsg_len < NLMSG_LENGTH(sizeof(struct ifaddrmsg))) return false;
    const struct ifaddrmsg *address = NLMSG_DATA(message);
    if (address->ifa_scope == RT_SCOPE_HOST) return false;
    if (message->nlmsg_type == RTM_DELADDR) return true;
    // Told again when it has been found to be nobody else's.
    if (address->ifa_flags & IFA_F_TENTATIVE) return false;
    // A router's announcement or a lease renewed: the lifetime is new, the address is not.
    const struct rtattr *a = attribute(IFA_RTA(address), (int)IFA_PAYLOAD(message), IFA_CACHEINFO);
    struct ifa_cacheinfo times;
    if (!a || RTA_PAYLOAD(a) < sizeof times) return true;
    memcpy(&times, RTA_DATA(a), sizeof times);
    return times.tstamp - times.cstamp <= REFRESHED;
}

static bool route_matters(const struct nlmsghdr *message) {
    if (message->nlmsg_len < NLMSG_LENGTH(sizeof(struct rtmsg))) return false;
    const struct rtmsg *route = NLMSG_DATA(message);
    return route->rtm_type == RTN_UNICAST && route->rtm_table != RT_TABLE_LOCAL && !(route->rtm_flags & RTM_F_CLONED);
}

bool cl_network_matters(const void *bytes, size_t count) {
    const struct nlmsghdr *message = bytes;
    int left = count > INT32_MAX ? INT32_MAX : (int)count;
    for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
        switch (message->nlmsg_type) {
            case RTM_NEWLINK: case RTM_DELLINK: if (link_matters(message)) return true; break;
            case RTM_NEWADDR: case RTM_DELADDR: if (address_matters(message)) return true; break;
            case RTM_NEWROUTE: case RTM_DELROUTE: if (route_matters(message)) return true; break;
            default: break;
        }
    }
    return false;
}

bool cl_chip_matters(const void *bytes, size_t count) {
    static const char subsystem[] = "SUBSYSTEM=gpio"; // and its NUL: there are others that begin so
    return memmem(bytes, count, subsystem, sizeof subsystem) != NULL;
}

int cl_monitor_changed(int fd, bool (*matters)(const void *bytes, size_t count), void *buffer, size_t capacity) {
    int changed = 0;
    for (int i = 0; i < DATAGRAMS; i++) {
        struct sockaddr_nl from = {0};
        socklen_t size = sizeof from;
        int64_t count = RETRY(recvfrom(fd, buffer, capacity, MSG_TRUNC, (struct sockaddr *)&from, &size));
        if (count == -EAGAIN) break;
        if (count == -ENOBUFS) changed = 1; // some were dropped, and nobody knows which
        else if (count < 0) return (int)count;
        else if (from.nl_groups == 0) continue; // from another process to us alone; only root can send to a group
        else if ((size_t)count > capacity || matters(buffer, (size_t)count)) changed = 1;
    }
    return changed;
}

bool cl_socket_has_address(int fd) {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } own = {0};
    socklen_t size = sizeof own;
    if (getsockname(fd, &own.any, &size) < 0) return true;
    if (own.any.sa_family == AF_INET6) own.v6.sin6_port = 0;
    else own.v4.sin_port = 0;
    int probe = socket(own.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return true;
    int result = (int)RETRY(bind(probe, &own.any, size));
    close(probe);
    return result != -EADDRNOTAVAIL;
}
