internal import QuipuCanonicalJSON

/// One figure of a run, beside its limit.
struct Row {
    enum Bar {
        case none
        /// Of the ratio of limit to value.
        case ratioAtLeast(Double)
        /// Of the value.
        case atMost(Double)

        var text: String {
            switch self {
            case .none: ""
            case .ratioAtLeast(let bound): "ratio ≥ \(decimal(bound, 1))"
            case .atMost(let bound): "≤ \(decimal(bound, bound < 1 ? 2 : bound < 10 ? 1 : 0))"
            }
        }
    }

    var name: String
    /// One of each run.
    var values: [Double]
    var unit: String
    /// What it is held against, measured in the same runs.
    var limits: [Double] = []
    var bar = Bar.none

    var value: Double { median(values) }
    var limit: Double? { limits.isEmpty ? nil : median(limits) }
    /// Of pairs that were measured side by side.
    var ratio: Double? { limits.isEmpty ? nil : median(zip(limits, values).map { $0 / $1 }) }

    var isMet: Bool? {
        switch bar {
        case .none: nil
        case .ratioAtLeast(let bound): (ratio ?? 0) >= bound
        case .atMost(let bound): value <= bound
        }
    }

    var json: [UInt8] {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        return JSONValue.object([
            JSONMember(name: "bar", value: bar.text.isEmpty ? .null : .string(bar.text)),
            JSONMember(name: "limit", value: number(limit)),
            JSONMember(name: "met", value: isMet.map { .bool($0) } ?? .null),
            JSONMember(name: "name", value: .string(name)), JSONMember(name: "ratio", value: number(ratio)),
            JSONMember(name: "unit", value: .string(unit)), JSONMember(name: "value", value: .number(value)),
        ]).canonicalBytes()
    }

    static let heading = columns("", "median", "least–most", "limit", "ratio", "bar", "met")

    var line: String {
        let places =
            ["s", "of JSON Lines", "exponent"].contains(unit) ? 2 : unit.hasPrefix("ms") ? 1 : 0
        let spread =
            values.count > 1
            ? "\(decimal(values.min() ?? 0, places))–\(decimal(values.max() ?? 0, places))" : ""
        return Self.columns(
            name, "\(decimal(value, places)) \(unit)", spread, limit.map { decimal($0, places) } ?? "",
            ratio.map { decimal($0, 2) } ?? "", bar.text, isMet.map { $0 ? "yes" : "NO" } ?? "")
    }

    private static func columns(_ texts: String...) -> String {
        let widths = [44, 18, 14, 8, 7, 13, 5]
        var out = ""
        for (index, text) in texts.enumerated() {
            let room = String(repeating: " ", count: max(1, widths[index] - text.count))
            out += index == 0 ? text + room : room + text
        }
        return out
    }
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// A number with so many places behind the point.
func decimal(_ value: Double, _ places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    if places == 0 { return String(scaled) }
    let digits = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: places - digits.count) + digits
}
