internal import CQuipuCurl
internal import Glibc

enum CurlLibrary {
    /// Initialized on first use, once for the process; false if that failed.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    /// Runs `body` with SIGPIPE blocked on this thread, and discards one that it may have caused. libcurl requires
    /// this of programs that forbid it to change signals (`CURLOPT_NOSIGNAL`), as threaded programs must. Other
    /// threads are not affected.
    static func withoutSIGPIPE<Result>(_ body: () -> Result) -> Result {
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        var pending = sigset_t()
        sigemptyset(&pending)
        sigpending(&pending)
        let wasPending = sigismember(&pending, SIGPIPE) == 1
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        defer {
            if !wasPending {
                var none = timespec()
                while sigtimedwait(&pipe, nil, &none) < 0 && errno == EINTR {}
            }
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return body()
    }

    /// Whether the environment names a proxy, which then looks up names.
    static var hasProxy: Bool {
        ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].contains {
            environment($0) != nil
        }
    }

    static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
