/// How much of something is done, in numbers from which a rate and the time left follow.
struct ProgressMeasure: Sendable {
    enum Unit: Equatable, Sendable {
        case bytes
        /// In the plural: `records`.
        case items(String)
    }

    let amount: Double
    let unit: Unit
    /// From 0 to 1; nil if nobody knows how much there is.
    let fraction: Double?

    static func bytes(_ done: UInt64, of total: UInt64?) -> Self {
        Self(
            amount: Double(done), unit: .bytes,
            fraction: total.flatMap { $0 > 0 ? min(1, Double(done) / Double($0)) : nil })
    }

    static func items(_ done: Int, _ name: String, fraction: Double?) -> Self {
        Self(amount: Double(done), unit: .items(name), fraction: fraction)
    }

    /// A rate over less time is chance.
    static let leastMilliseconds: Int64 = 1_000

    /// `45 %, 3.1 MB/s, 12 s left`, as far as it is known; empty where nothing is.
    ///
    /// - Parameter first: how much was done before, and how long ago that was.
    func text(since first: ProgressMeasure, milliseconds: Int64) -> String {
        var parts: [String] = []
        if let fraction { parts.append("\(Int(fraction * 100)) %") }
        guard milliseconds >= Self.leastMilliseconds, amount > first.amount else {
            return parts.joined(separator: ", ")
        }
        let seconds = Double(milliseconds) / 1_000
        let rate = (amount - first.amount) / seconds
        switch unit {
        case .bytes: parts.append("\(SizeText.of(bytes: Int(rate)))/s")
        case .items(let name): parts.append("\(Int(rate)) \(name)/s")
        }
        if let fraction, let before = first.fraction, fraction > before, fraction < 1 {
            parts.append(Self.span((1 - fraction) / (fraction - before) * seconds) + " left")
        }
        return parts.joined(separator: ", ")
    }

    private static func span(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9).rounded(.up))
        if whole < 100 { return "\(whole) s" }
        let minutes = (whole + 30) / 60
        return minutes < 100 ? "\(minutes) min" : "\((minutes + 30) / 60) h"
    }
}
