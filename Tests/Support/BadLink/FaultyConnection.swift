/// One connection over a bad link, as a pure value: it is told what came in, and says what to do, in order.
struct FaultyConnection {
    enum Action: Equatable {
        case pass([UInt8], from: CuttingProxy.Direction)
        case wait(milliseconds: Int)
        /// Pass nothing any more until one end goes.
        case hold
        case cut
        /// Send this request to the server over a connection of its own, and drop the answer.
        case sendApart([UInt8])
    }

    private let fault: LinkFault?
    /// Whether the fault has done what it does.
    private(set) var hasStruck = false
    private var passed: [CuttingProxy.Direction: Int] = [:]
    private var bodyPassed: [CuttingProxy.Direction: Int] = [:]
    private var framing: [CuttingProxy.Direction: MessageFraming] = [:]
    /// The first request, as far as it has come.
    private var request: [UInt8] = []
    private var isRequestWhole = false

    init(_ fault: LinkFault?) { self.fault = fault }

    mutating func receive(_ bytes: [UInt8], from direction: CuttingProxy.Direction) -> [Action] {
        defer { passed[direction, default: 0] += bytes.count }
        switch fault {
        case .cut(direction, let place):
            return split(bytes, from: direction, at: place, then: [.cut], goesOn: false)
        case .stall(direction, let place):
            return split(bytes, from: direction, at: place, then: [.hold], goesOn: false)
        case .pause(direction, let place, let milliseconds):
            return split(
                bytes, from: direction, at: place, then: [.wait(milliseconds: milliseconds)], goesOn: true)
        case .corrupt(direction, let place, let bit):
            return [.pass(corrupted(bytes, from: direction, at: place, bit: bit), from: direction)]
        case .throttle(let count):
            hasStruck = true
            return stride(from: 0, to: bytes.count, by: count).flatMap { start -> [Action] in
                let part = Array(bytes[start..<min(start + count, bytes.count)])
                return [.pass(part, from: direction), .wait(milliseconds: 1)]
            }
        case .duplicate(let isEarlier):
            return duplicated(bytes, from: direction, isEarlier: isEarlier)
        default:
            return [.pass(bytes, from: direction)]
        }
    }

    /// Lets pass what is before the place, then strikes once.
    private mutating func split(
        _ bytes: [UInt8], from direction: CuttingProxy.Direction, at place: Int, then actions: [Action],
        goesOn: Bool
    ) -> [Action] {
        let left = place - passed[direction, default: 0]
        guard !hasStruck, left <= bytes.count else { return [.pass(bytes, from: direction)] }
        hasStruck = true
        let before = Array(bytes.prefix(left))
        let after = goesOn ? Array(bytes.dropFirst(left)) : []
        return [.pass(before, from: direction)].filter { _ in !before.isEmpty } + actions
            + [.pass(after, from: direction)].filter { _ in !after.isEmpty }
    }

    private mutating func corrupted(
        _ bytes: [UInt8], from direction: CuttingProxy.Direction, at place: Int, bit: Int
    ) -> [UInt8] {
        var changed = bytes
        forEachPart(bytes, from: direction) { connection, range, part, _ in
            guard part == .body else { return }
            let first = connection.bodyPassed[direction, default: 0]
            connection.bodyPassed[direction] = first + range.count
            guard (first..<first + range.count).contains(place) else { return }
            changed[range.lowerBound + place - first] ^= 1 << UInt8(bit)
            connection.hasStruck = true
        }
        return changed
    }

    private mutating func duplicated(
        _ bytes: [UInt8], from direction: CuttingProxy.Direction, isEarlier: Bool
    ) -> [Action] {
        var actions: [Action] = []
        forEachPart(bytes, from: direction) { connection, range, _, endsMessage in
            let pass = Action.pass(Array(bytes[range]), from: direction)
            var again: [Action] = []
            if direction == .request, !connection.isRequestWhole {
                connection.request += bytes[range]
                connection.isRequestWhole = endsMessage
                if endsMessage, isEarlier { again = [.sendApart(connection.request)] }
            } else if direction == .reply, endsMessage, !isEarlier, !connection.hasStruck {
                again = [.sendApart(connection.request)]
            }
            if !again.isEmpty { connection.hasStruck = true }
            actions += isEarlier ? again + [pass] : [pass] + again
        }
        return actions
    }

    private mutating func forEachPart(
        _ bytes: [UInt8], from direction: CuttingProxy.Direction,
        _ body: (inout FaultyConnection, Range<Int>, MessageFraming.Part, _ endsMessage: Bool) -> Void
    ) {
        var start = 0
        while start < bytes.count {
            let (count, part, endsMessage) = framing[direction, default: MessageFraming()].next(
                bytes[start...])
            body(&self, start..<start + count, part, endsMessage)
            start += count
        }
    }
}
