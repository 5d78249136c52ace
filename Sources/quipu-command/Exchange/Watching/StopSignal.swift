internal import Glibc
internal import Quipu

/// SIGINT and SIGTERM as something that a watch waits for, and that ends what is under way.
enum StopSignal {
    /// To be made before any other thread: all inherit that the signals are blocked, so that only its own sees them.
    ///
    /// - Throws: `QuipuError.busy` where the system gives no more threads or files.
    static func request() throws -> StopRequest {
        let request = try StopRequest()
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let awaited = signals
        try request.giveWhenReturned { give in
            var (awaited, signal): (sigset_t, Int32) = (awaited, 0)
            sigwait(&awaited, &signal)
            TypedInterrupt.endLine(after: signal)
            give()
            // Who asks twice does not want to wait for what is under way. All that is done is on the disk.
            sigwait(&awaited, &signal)
            _exit(ExitCode.done.rawValue)
        }
        return request
    }
}
