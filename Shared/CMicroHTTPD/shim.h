#include <microhttpd.h>

// Swift calls no function of variable arguments. No thread: epoll(7) is waited for by whoever owns the loop, and MHD_run does what is due.
static inline struct MHD_Daemon *mhd_start(
    unsigned int flags, const struct sockaddr *address, MHD_AccessHandlerCallback answer, void *context, unsigned int connections,
    unsigned int connections_of_one, unsigned int timeout_seconds, size_t memory_bytes) {
    return MHD_start_daemon(
        flags | MHD_USE_EPOLL, 0, NULL, NULL, answer, context, MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, connections_of_one, MHD_OPTION_CONNECTION_TIMEOUT, timeout_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory_bytes, MHD_OPTION_END);
}
static inline int mhd_epoll_descriptor(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}
static inline int mhd_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}
