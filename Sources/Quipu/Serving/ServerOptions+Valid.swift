extension ServerOptions {
    /// The one place that checks what a program has set.
    ///
    /// - Throws: `badOption` for a number that a server cannot work with.
    func requireValid() throws(QuipuError) {
        let many = 1_000_000
        try Self.require(quotaBytes, "quotaBytes", in: 1...Int.max)
        try Self.require(requestMemoryBytes, "requestMemoryBytes", in: 1...Int.max)
        try Self.require(requestsPerSecond, "requestsPerSecond", in: 1...many)
        try Self.require(maximumConnections, "maximumConnections", in: 4...many)
        try Self.require(maximumConnectionsPerAddress, "maximumConnectionsPerAddress", in: 0...many)
        try Self.require(timeoutSeconds, "timeoutSeconds", in: 1...86_400)
        try Self.require(maximumWatchers, "maximumWatchers", in: 0...many)
        try Self.require(heartbeatSeconds, "heartbeatSeconds", in: 1...3_600)
    }

    private static func require(
        _ number: Int?, _ name: String, in range: ClosedRange<Int>
    ) throws(QuipuError) {
        guard let number, !range.contains(number) else { return }
        let bounds =
            range.upperBound == .max
            ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        throw QuipuError(.badOption, "\(name) of a server is \(bounds), and was set to \(number)")
    }
}
