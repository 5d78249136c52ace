#pragma once
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

/// `curl_easy_setopt` and `curl_easy_getinfo` are variadic, which Swift cannot call: one form a type.
static inline CURLcode quipu_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode quipu_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode quipu_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode quipu_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*quipu_curl_transfer)(char *bytes, size_t size, size_t count, void *context);
typedef int (*quipu_curl_seek)(void *context, curl_off_t offset, int origin);
typedef int (*quipu_curl_debug)(CURL *handle, curl_infotype type, char *bytes, size_t count, void *context);

static inline CURLcode quipu_curl_set_transfer(CURL *handle, CURLoption option, quipu_curl_transfer value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode quipu_curl_set_seek(CURL *handle, quipu_curl_seek value) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, value);
}

static inline CURLcode quipu_curl_set_debug(CURL *handle, quipu_curl_debug value) {
    return curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, value);
}

static inline CURLMcode quipu_curl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

static inline CURLcode quipu_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode quipu_curl_get_size(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode quipu_curl_get_string(CURL *handle, CURLINFO info, const char **value) {
    return curl_easy_getinfo(handle, info, value);
}

/// Whether an IPv4 address is no machine of the public network (RFC 6890): this machine, its networks, several machines.
static inline bool quipu_is_private_ipv4(const uint8_t b[4]) {
    return b[0] == 0 || b[0] == 10 || b[0] == 127 || (b[0] == 100 && (b[1] & 0xc0) == 64)
        || (b[0] == 169 && b[1] == 254) || (b[0] == 172 && (b[1] & 0xf0) == 16)
        || (b[0] == 192 && b[1] == 0 && b[2] == 0) || (b[0] == 192 && b[1] == 168)
        || (b[0] == 198 && (b[1] & 0xfe) == 18) || b[0] >= 224;
}

static inline bool quipu_is_private_ipv6(const uint8_t b[16]) {
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const uint8_t translated[12] = {0, 0x64, 0xff, 0x9b};
    // Among them are :: and ::1.
    static const uint8_t low[12];
    if (memcmp(b, mapped, 12) == 0 || memcmp(b, translated, 12) == 0) return quipu_is_private_ipv4(b + 12);
    return memcmp(b, low, 12) == 0 || (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && b[1] >= 0x80) || b[0] == 0xff;
}

/// Whether an address in text is that of this machine, of its networks, or of no machine; false for what is no address.
static inline bool quipu_is_private_text(const char *text) {
    uint8_t bytes[16];
    if (inet_pton(AF_INET, text, bytes) == 1) return quipu_is_private_ipv4(bytes);
    return inet_pton(AF_INET6, text, bytes) == 1 && quipu_is_private_ipv6(bytes);
}

/// Opens the socket that libcurl asks for, and none to a private address: what a name leads to is known only here.
static inline curl_socket_t quipu_curl_open_public(void *context, curlsocktype purpose, struct curl_sockaddr *place) {
    (void)purpose;
    bool is_private = true;
    if (place->family == AF_INET)
        is_private = quipu_is_private_ipv4((const uint8_t *)&((struct sockaddr_in *)&place->addr)->sin_addr);
    else if (place->family == AF_INET6)
        is_private = quipu_is_private_ipv6((const uint8_t *)&((struct sockaddr_in6 *)&place->addr)->sin6_addr);
    if (is_private) {
        *(bool *)context = true;
        return CURL_SOCKET_BAD;
    }
    return socket(place->family, place->socktype | SOCK_CLOEXEC, place->protocol);
}

/// - refused: is set where a private address was refused; it outlives the request.
static inline CURLcode quipu_curl_forbid_private(CURL *handle, bool *refused) {
    CURLcode result = curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, refused);
    return result != CURLE_OK ? result : curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, quipu_curl_open_public);
}
