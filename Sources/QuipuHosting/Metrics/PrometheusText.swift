/// The text format of Prometheus, version 0.0.4: each family with its help and type, then its samples.
struct PrometheusText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    typealias Labels = [(name: String, value: String)]

    private(set) var bytes: [UInt8] = []

    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        bytes += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n".utf8
    }

    mutating func sample(_ name: String, _ labels: Labels, _ value: String) {
        bytes += name.utf8
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
            bytes += "{\(pairs.joined(separator: ","))}".utf8
        }
        bytes += " \(value)\n".utf8
    }

    mutating func sample(_ name: String, _ labels: Labels, _ value: some BinaryInteger) {
        sample(name, labels, String(value))
    }

    mutating func sample(_ name: String, _ value: String) { sample(name, [], value) }

    mutating func sample(_ name: String, _ value: some BinaryInteger) { sample(name, [], String(value)) }

    /// The buckets of a histogram are cumulative: each counts all values up to its bound.
    mutating func samples(_ name: String, _ labels: Labels, _ histogram: Histogram) {
        var sum: UInt64 = 0
        for (index, count) in histogram.counts.enumerated() {
            sum += count
            let bound =
                index < Histogram.boundsNanoseconds.count
                ? Self.seconds(Histogram.boundsNanoseconds[index]) : "+Inf"
            sample(name + "_bucket", labels + [("le", bound)], sum)
        }
        sample(name + "_sum", labels, Self.seconds(histogram.sumNanoseconds))
        sample(name + "_count", labels, sum)
    }

    /// Exact, without an exponent.
    static func seconds(_ nanoseconds: UInt64) -> String {
        let (whole, part) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if part == 0 { return String(whole) }
        var digits = String(part)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(whole).\(digits)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
