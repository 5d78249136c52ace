internal import QuipuCausality
internal import QuipuHTTPServer
internal import QuipuThreads
internal import Synchronization

/// The first answers to requests with an `Idempotency-Key`, for some minutes: who did not hear the answer repeats the request
/// and gets it.
final class IdempotentReplies: Sendable {
    static let field = "Idempotency-Key"
    static let replayedField = "Idempotency-Replayed"
    private static let lifetimeMilliseconds: Int64 = 600_000
    private static let maximumCount = 1_024
    /// A longer answer is not kept; what is written is written once all the same, as far as its own rules say so.
    private static let maximumBodyBytes = 64 << 10

    struct Key: Hashable {
        /// Callers do not see each other's answers.
        let caller: String?
        let archive: String
        let text: String
    }

    private struct Kept {
        /// Of method, address and body.
        let request: UInt128
        let since: Int64
        /// Nil while the request is at work.
        var response: HTTPResponse?
    }

    private struct State {
        var kept: [Key: Kept] = [:]
        var order: [Key] = []
    }

    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    init(now: @escaping @Sendable () -> Int64 = { MonotonicClock.millisecondsSinceBoot() }) { self.now = now }

    /// The key of a request; nil if it has none.
    ///
    /// - Throws: `Problem`, 400.
    static func key(of head: HTTPRequestHead, archive: String, caller: String?) throws -> Key? {
        let fields = head.headers.values(of: field)
        guard let text = fields.first else { return nil }
        guard fields.count == 1, (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ 33...126 ~= $0 })
        else { throw Problem.badKey }
        return Key(caller: caller, archive: archive, text: text)
    }

    static func request(_ head: HTTPRequestHead, _ body: [UInt8]) -> UInt128 {
        let line = "\(head.method) \(head.path)?\(head.query ?? "") \(head.headers["If-Match"] ?? "")\n"
        return BLAKE2b.hash16(Array(line.utf8) + body)
    }

    /// The answer that the same request got before, or that of `work`.
    ///
    /// - Throws: `Problem`, 422 or 409.
    func response(for key: Key, request: UInt128, work: () -> HTTPResponse) throws -> HTTPResponse {
        let now = now()
        let known: HTTPResponse? = try state.withLock { state in
            while let first = state.order.first, let kept = state.kept[first],
                state.order.count > Self.maximumCount || kept.since + Self.lifetimeMilliseconds <= now
            {
                state.kept[first] = nil
                state.order.removeFirst()
            }
            if let kept = state.kept[key] {
                guard kept.request == request else { throw Problem.keyReused }
                guard let response = kept.response else { throw Problem.keyInUse }
                return response
            }
            state.kept[key] = Kept(request: request, since: now)
            state.order.append(key)
            return nil
        }
        if var known {
            known.headers.append((Self.replayedField, "true"))
            return known
        }
        let response = work()
        state.withLock { state in
            if response.status < 500, response.status != 429, response.hasBriefBody(Self.maximumBodyBytes) {
                state.kept[key]?.response = response
            } else {
                state.kept[key] = nil
                state.order.removeAll { $0 == key }
            }
        }
        return response
    }
}

extension HTTPResponse {
    fileprivate func hasBriefBody(_ maximumBytes: Int) -> Bool {
        switch body {
        case .none: true
        case .bytes(let bytes): bytes.count <= maximumBytes
        case .file, .stream, .push: false
        }
    }
}
