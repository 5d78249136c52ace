internal import QuipuHTTPServer
internal import Synchronization

/// Bounds the memory of all requests under way together: one that has no room is turned away on its head, before
/// its body is read, and nothing of it is lost but the asking.
package final class AdmissionControl: Sendable {
    /// What a request takes for itself, whatever it brings.
    static let baseBytes = 256 << 10
    /// What a body becomes when it is unpacked and looked at, times its own size. Text packs three to four times.
    static let expansion = 4
    /// What is assumed of a body that does not say how long it is.
    static let unknownBodyBytes = 4 << 20

    private let maximumBytes: Int
    private let takenBytes = Mutex(0)

    package init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// - Throws: `Problem`, 503, where there is no room. A request that is larger than all there is is taken when it
    ///   is the only one.
    func admit(_ head: HTTPRequestHead) throws -> Place {
        let announced = head.headers["Content-Length"].flatMap { Int($0) }
        let length = min(max(announced ?? Self.unknownBodyBytes, 0), Int.max / 8)
        return try admit(bytes: Self.baseBytes + Self.expansion * length)
    }

    /// Likewise, of a request that is known to take so much.
    func admit(bytes: Int) throws -> Place {
        let isTaken = takenBytes.withLock { taken in
            guard taken == 0 || bytes <= maximumBytes - taken else { return false }
            taken += bytes
            return true
        }
        guard isTaken else { throw Problem.overloaded }
        return Place(bytes: bytes, in: self)
    }

    /// Room for one request, given back with its last reference.
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
