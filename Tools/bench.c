// The limit that Tools/bench --server compares with: libmicrohttpd, set up as quipu's server sets it up, that takes a
// body and answers each request with the same bytes.
//
//   bench SIZE      says its address, answers SIZE bytes until it is killed
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *reply;
static size_t reply_size;

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *bytes, size_t *count, void **request) {
    static int begun;
    (void)context, (void)url, (void)method, (void)version, (void)bytes;
    // The first call has the head alone; an answer then would close the connection.
    if (*request == NULL) {
        *request = &begun;
        return MHD_YES;
    }
    if (*count > 0) {
        *count = 0;
        return MHD_YES;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(reply_size, reply, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, "Content-Type", "application/vnd.quipu.exchange");
    enum MHD_Result queued = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return queued;
}

int main(int count, char **words) {
    if (count != 2) {
        fprintf(stderr, "usage: bench SIZE\n");
        return 2;
    }
    reply_size = strtoul(words[1], NULL, 10);
    reply = malloc(reply_size + 1);
    memset(reply, 'x', reply_size);
    // Blocked before any thread starts, so that only `sigwait` sees it.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, NULL, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_THREAD_POOL_SIZE, 4u, MHD_OPTION_CONNECTION_LIMIT, 1024u, MHD_OPTION_CONNECTION_TIMEOUT, 60u,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(24 << 10), MHD_OPTION_END);
    if (daemon == NULL) {
        fprintf(stderr, "bench: no server\n");
        return 1;
    }
    printf("http://127.0.0.1:%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    int signal;
    sigwait(&signals, &signal);
    return 0;
}
