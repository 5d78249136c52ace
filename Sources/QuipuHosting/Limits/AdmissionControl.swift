internal import QuipuHTTPServer
internal import Synchronization

/// Limits the memory of all current requests together: a request without room is refused on its head, before its body
/// is read.
package final class AdmissionControl: Sendable {
    /// The memory of a request without its body.
    static let baseBytes = 256 << 10
    /// The memory for a decoded body, as a multiple of its size. Text compresses to a third or a fourth.
    static let expansion = 4
    /// The assumed size of a body without a length.
    static let unknownBodyBytes = 4 << 20

    private let maximumBytes: Int
    private let takenBytes = Mutex(0)

    package init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// - Throws: `Problem`, 503, if there is no room. A request larger than the whole limit is admitted if it is the
    ///   only one.
    func admit(_ head: HTTPRequestHead) throws -> Place {
        let announced = head.headers["Content-Length"].flatMap { Int($0) }
        let length = min(max(announced ?? Self.unknownBodyBytes, 0), Int.max / 8)
        return try admit(bytes: Self.baseBytes + Self.expansion * length)
    }

    /// Admits a request with a known need of memory.
    func admit(bytes: Int) throws -> Place {
        let isTaken = takenBytes.withLock { taken in
            guard taken == 0 || bytes <= maximumBytes - taken else { return false }
            taken += bytes
            return true
        }
        guard isTaken else { throw Problem.overloaded }
        return Place(bytes: bytes, in: self)
    }

    /// The reservation of one request, released with its last reference.
    final class Place: Sendable {
        private let bytes: Int
        private let admission: AdmissionControl

        fileprivate init(bytes: Int, in admission: AdmissionControl) {
            self.bytes = bytes
            self.admission = admission
        }

        deinit { admission.takenBytes.withLock { $0 -= bytes } }
    }
}
