internal import CQuipuCurl
internal import Glibc
internal import QuipuThreads

/// Runs one transfer, as `curl_easy_perform` does, but so that another thread can cancel it, and so that the idle
/// timeout counts the time that the machine was suspended.
struct TransferLoop {
    enum Outcome {
        case done(CURLcode)
        case cancelled
        /// The transfer was idle for too long.
        case silent
    }

    /// The longest interval between two checks of the clock.
    private static let longestWaitMilliseconds: Int32 = 5_000

    let multi: UnsafeMutableRawPointer
    let easy: UnsafeMutableRawPointer
    let canceller: Canceller
    /// nil for no limit.
    let silenceMilliseconds: Int64?

    /// - Parameter movedBytes: the bytes sent and received so far.
    func run(movedBytes: () -> UInt64) -> Outcome {
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else { return .done(CURLE_OUT_OF_MEMORY) }
        defer { curl_multi_remove_handle(multi, easy) }
        var (moved, movedAt) = (movedBytes(), MonotonicClock.millisecondsSinceBoot())
        while true {
            if canceller.isCancelled { return .cancelled }
            var running: Int32 = 0
            guard curl_multi_perform(multi, &running) == CURLM_OK else { return .done(CURLE_OUT_OF_MEMORY) }
            if running == 0 { return .done(result()) }

            let (total, now) = (movedBytes(), MonotonicClock.millisecondsSinceBoot())
            if total != moved { (moved, movedAt) = (total, now) }
            var wait = Self.longestWaitMilliseconds
            if let silenceMilliseconds {
                let left = movedAt + silenceMilliseconds - now
                if left <= 0 { return .silent }
                wait = min(wait, Int32(clamping: left))
            }
            guard curl_multi_poll(multi, nil, 0, wait, nil) == CURLM_OK else {
                return .done(CURLE_OUT_OF_MEMORY)
            }
        }
    }

    /// How the one transfer ended.
    private func result() -> CURLcode {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            if message.pointee.msg == CURLMSG_DONE { return message.pointee.data.result }
        }
        return CURLE_FAILED_INIT
    }
}
