internal import CQuipuCurl
internal import Glibc
internal import QuipuThreads

/// Carries one request out, as `curl_easy_perform` does, but so that another thread can end it, and so that silence is
/// noticed after a laptop's sleep too.
struct TransferLoop {
    enum Outcome {
        case done(CURLcode)
        case cancelled
        /// Nothing moved for as long as is allowed.
        case silent
    }

    /// Longest between two looks at the clock.
    private static let longestWaitMilliseconds: Int32 = 5_000

    let multi: UnsafeMutableRawPointer
    let easy: UnsafeMutableRawPointer
    let canceller: Canceller
    /// nil sets no such bound.
    let silenceMilliseconds: Int64?

    /// - Parameter movedBytes: how many went either way so far.
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
