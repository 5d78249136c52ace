#pragma once
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <stdbool.h>

/// What the content reader answers; the library's own macros are casts that Swift does not import.
static const ssize_t quipu_MHD_end_of_stream = -1;
static const ssize_t quipu_MHD_end_with_error = -2;
static const uint64_t quipu_MHD_size_unknown = UINT64_MAX;

/// The daemon's bounds, and whether it speaks TLS.
struct quipu_MHD_settings {
    int listen_socket;
    unsigned int threads;
    unsigned int maximum_connections;
    unsigned int maximum_connections_per_address;
    unsigned int idle_timeout_seconds;
    size_t connection_memory_bytes;
    bool is_encrypted;
    /// Refuses TLS 1.2.
    bool requires_tls13;
};

struct quipu_MHD_callbacks {
    MHD_AcceptPolicyCallback accept;
    MHD_AccessHandlerCallback handle;
    void *(*begin)(void *context, const char *target, struct MHD_Connection *connection);
    MHD_RequestCompletedCallback end;
    /// Asked for the certificate in each handshake.
    gnutls_certificate_retrieve_function2 *certificate;
    MHD_NotifyConnectionCallback connection;
    size_t (*unescape)(void *context, struct MHD_Connection *connection, char *text);
    void *context;
};

/// `MHD_start_daemon` is variadic, which Swift cannot call: this is the one form that is needed. A pool of
/// one thread is no pool, so the option is left at 0 then. The listening socket is the daemon's from here on,
/// also where it does not start: it closes it then.
static inline struct MHD_Daemon *quipu_MHD_start(struct quipu_MHD_settings settings,
                                                 struct quipu_MHD_callbacks callbacks) {
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem secure[] = {
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)callbacks.certificate},
        {MHD_OPTION_HTTPS_PRIORITIES, 0,
         (void *)(settings.requires_tls13 ? "NORMAL:-VERS-ALL:+VERS-TLS1.3"
                                          : "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2")},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
    if (settings.is_encrypted) flags |= MHD_USE_TLS;
    return MHD_start_daemon(
        flags, 0, callbacks.accept, callbacks.context, callbacks.handle, callbacks.context,
        MHD_OPTION_LISTEN_SOCKET, settings.listen_socket,
        MHD_OPTION_THREAD_POOL_SIZE, settings.threads > 1 ? settings.threads : 0u,
        MHD_OPTION_CONNECTION_LIMIT, settings.maximum_connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, settings.maximum_connections_per_address,
        MHD_OPTION_CONNECTION_TIMEOUT, settings.idle_timeout_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings.connection_memory_bytes,
        MHD_OPTION_STRICT_FOR_CLIENT, 0,
        MHD_OPTION_URI_LOG_CALLBACK, callbacks.begin, callbacks.context,
        MHD_OPTION_UNESCAPE_CALLBACK, callbacks.unescape, callbacks.context,
        MHD_OPTION_NOTIFY_COMPLETED, callbacks.end, callbacks.context,
        MHD_OPTION_NOTIFY_CONNECTION, callbacks.connection, callbacks.context,
        MHD_OPTION_ARRAY, settings.is_encrypted ? secure : plain,
        MHD_OPTION_END);
}

/// Makes a reply end with its connection, without chunks.
static inline enum MHD_Result quipu_MHD_end_with_connection(struct MHD_Response *response) {
    return MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}

/// The connection's socket, or -1.
static inline int quipu_MHD_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/// The peer's address, owned by the connection, or NULL.
static inline const struct sockaddr *quipu_MHD_client_address(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

/// What the connection callback stored for this connection, or NULL.
static inline void *quipu_MHD_socket_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/// Request line and header fields as received, in bytes.
static inline size_t quipu_MHD_header_size(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}
