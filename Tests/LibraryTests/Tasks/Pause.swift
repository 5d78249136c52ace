import Foundation

/// Holds a call where it reports its progress for the first time, until its task is cancelled: so a cancellation comes at
/// the same place each time.
final class Pause: Sendable {
    private let reached: AsyncStream<Void>
    private let report: AsyncStream<Void>.Continuation
    private let release = DispatchSemaphore(value: 0)

    init() { (reached, report) = AsyncStream.makeStream(of: Void.self) }

    /// To be called by the progress.
    func hold() {
        report.yield()
        release.wait()
        // Only the first report waits.
        release.signal()
    }

    /// Cancels a task once its call is held.
    func cancel<Value: Sendable>(_ task: Task<Value, any Error>) async throws -> Value {
        for await _ in reached { break }
        task.cancel()
        release.signal()
        return try await task.value
    }
}
