/// Messages that went over the network, kept so that they can turn up again.
struct Post {
    struct Letter {
        var machine: Int
        var bytes: [UInt8]
    }

    static let maximumCount = 64

    /// By their receivers.
    private(set) var requests: [Letter] = []
    /// By their senders.
    private(set) var replies: [Letter] = []

    mutating func keep(request bytes: [UInt8], to machine: Int) {
        Self.keep(Letter(machine: machine, bytes: bytes), in: &requests)
    }

    mutating func keep(reply bytes: [UInt8], from machine: Int) {
        Self.keep(Letter(machine: machine, bytes: bytes), in: &replies)
    }

    /// - Parameter number: counted round what is there.
    func request(_ number: Int) -> Letter? {
        requests.isEmpty ? nil : requests[number * 7 % requests.count]
    }

    func reply(_ number: Int, from machine: Int) -> Letter? {
        let all = replies.filter { $0.machine == machine }
        return all.isEmpty ? nil : all[number * 7 % all.count]
    }

    private static func keep(_ letter: Letter, in letters: inout [Letter]) {
        if letters.count == maximumCount { letters.removeFirst() }
        letters.append(letter)
    }
}
