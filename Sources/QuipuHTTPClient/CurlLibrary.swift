internal import CQuipuCurl
internal import Glibc

enum CurlLibrary {
    /// Set up at the first use, once for the process; false if that failed.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    /// Runs `body` with SIGPIPE held back in this thread, and takes away the one it may have caused. The
    /// library asks this of those who forbid it to touch signals (`CURLOPT_NOSIGNAL`), as a program with
    /// threads must. The rest of the process keeps its own way with the signal.
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

    static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
