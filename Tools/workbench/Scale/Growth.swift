internal import Glibc
internal import QuipuCanonicalJSON

/// What something costs at two sizes.
struct Growth {
    let name: String
    /// By how much the larger is larger.
    let factor: Double
    /// 1 is in step with the size, 0 is not at all.
    let greatestExponent: Double
    var unit = "ms CPU"
    /// Of the larger.
    var bar = Row.Bar.none
    private(set) var small: [Double] = []
    private(set) var large: [Double] = []

    init(_ name: String, factor: Double, atMost greatestExponent: Double) {
        self.name = name
        self.factor = factor
        self.greatestExponent = greatestExponent
    }

    mutating func note(small: Double, large: Double) {
        self.small.append(small)
        self.large.append(large)
    }

    /// The larger beside the smaller, and the exponent between them.
    var rows: [Row] {
        [
            Row(name: name, values: large, unit: unit, limits: small, bar: bar),
            Row(
                name: "growth: \(name)",
                values: zip(small, large).map { max(0, log($1 / max($0, 1)) / log(factor)) },
                unit: "exponent", bar: .atMost(greatestExponent)),
        ]
    }
}

extension Place {
    /// Milliseconds of processor time: the median of five.
    func processorMilliseconds(_ words: String...) -> Double {
        median((0..<5).map { _ in quipuInConflict(words).processorMilliseconds })
    }

    /// A member of the first object that a command prints as JSON.
    func first(_ member: String, of words: String...) -> String {
        let process = ChildProcess([bench.quipu] + words + ["--json", "--quiet"])
        let line = process.readLine()
        _ = process.wait()
        guard let value = try? JSONParser().parse(Array(line.utf8)[...])[member]?.string else {
            fail("\(words.joined(separator: " ")) printed no \(member): \(line)")
        }
        return value
    }
}
