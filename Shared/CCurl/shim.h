#include <curl/curl.h>
// What a connection is waited for with.
#include <sys/epoll.h>
#include <sys/timerfd.h>

// Swift calls no function of variable arguments: one for each kind of argument.
static inline CURLcode curl_set_number(CURL *easy, CURLoption option, long value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_text(CURL *easy, CURLoption option, const char *value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_pointer(CURL *easy, CURLoption option, void *value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_receiver(CURL *easy, CURLoption option, curl_write_callback f) { return curl_easy_setopt(easy, option, f); }
static inline CURLcode curl_set_opener(CURL *easy, curl_opensocket_callback f) { return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, f); }
static inline CURLcode curl_get_number(CURL *easy, CURLINFO info, long *value) { return curl_easy_getinfo(easy, info, value); }
static inline CURLcode curl_get_size(CURL *easy, CURLINFO info, curl_off_t *value) { return curl_easy_getinfo(easy, info, value); }
static inline CURLcode curl_get_socket(CURL *easy, curl_socket_t *value) { return curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, value); }
static inline CURLMcode curl_multi_set_number(CURLM *multi, CURLMoption option, long value) { return curl_multi_setopt(multi, option, value); }
static inline CURLMcode curl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) { return curl_multi_setopt(multi, option, value); }
static inline CURLMcode curl_multi_set_watcher(CURLM *multi, curl_socket_callback f) { return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, f); }
static inline CURLMcode curl_multi_set_timer(CURLM *multi, curl_multi_timer_callback f) { return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, f); }
// A message's result is a member of a union.
static inline CURLcode curl_result(const CURLMsg *message) { return message->data.result; }
