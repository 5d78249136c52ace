#pragma once
#include <curl/curl.h>

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
