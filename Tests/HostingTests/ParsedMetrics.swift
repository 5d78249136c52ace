import Testing

/// A page of metrics as Prometheus reads it (text format 0.0.4), and complaints about what it would not take.
struct ParsedMetrics {
    struct Flaw: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var values: [String: Double] = [:]
    private var kinds: [String: String] = [:]
    private var helped: Set<String> = []

    var series: [String] { values.keys.sorted() }

    subscript(series: String) -> Double? { values[series] }

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Flaw(description: "the last line has no end") }
        var family = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if words.first == "#" {
                guard words.count == 4 else { throw Flaw(description: "\(line)") }
                if words[1] == "HELP" {
                    guard helped.insert(words[2]).inserted else { throw Flaw(description: "twice: \(line)") }
                } else {
                    guard words[1] == "TYPE", ["counter", "gauge", "histogram"].contains(words[3]),
                        helped.contains(words[2])
                    else { throw Flaw(description: "\(line)") }
                    kinds[words[2]] = words[3]
                    family = words[2]
                }
                continue
            }
            try take(String(line), of: family)
        }
        try checkHistograms()
    }

    private mutating func take(_ line: String, of family: String) throws {
        guard let match = try #/([a-z][a-z0-9_]*)(\{(.*)\})? ([0-9.]+)/#.wholeMatch(in: line),
            let value = Double(match.4)
        else { throw Flaw(description: "no sample: \(line)") }
        let name = String(match.1)
        let suffixes = kinds[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { family + $0 == name }) else {
            throw Flaw(description: "\(name) stands under \(family)")
        }
        if kinds[family] == "counter", !name.hasSuffix("_total") {
            throw Flaw(description: "the counter \(name) does not end in _total")
        }
        if let labels = match.3 {
            let pair = #/[a-z]+="([^"\\\n]|\\["\\n])*"/#
            var rest = labels
            while let found = try pair.prefixMatch(in: rest) {
                rest = rest[found.range.upperBound...]
                if rest.first == "," { rest = rest.dropFirst() }
            }
            guard rest.isEmpty else { throw Flaw(description: "labels: \(line)") }
        }
        let series = name + (match.2.map(String.init) ?? "")
        guard values.updateValue(value, forKey: series) == nil else {
            throw Flaw(description: "twice: \(series)")
        }
    }

    /// Buckets grow, and the last is the count.
    private func checkHistograms() throws {
        for (family, kind) in kinds where kind == "histogram" {
            for count in series where count.hasPrefix(family + "_count") {
                let labels = count.dropFirst((family + "_count").count).dropFirst().dropLast()
                let buckets = series.filter { $0.hasPrefix("\(family)_bucket{\(labels),le=") }
                    .compactMap { name -> (Double, Double)? in
                        let bound = name.split(separator: "le=\"").last?.dropLast(2) ?? ""
                        return (bound == "+Inf" ? .infinity : Double(bound) ?? .nan, values[name] ?? .nan)
                    }
                    .sorted { $0.0 < $1.0 }
                guard buckets.last?.0 == .infinity, buckets.last?.1 == values[count],
                    zip(buckets, buckets.dropFirst()).allSatisfy({ $0.1 <= $1.1 })
                else { throw Flaw(description: "the buckets of \(count)") }
            }
        }
    }
}
