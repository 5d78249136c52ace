/// Puts long runs of combining marks into canonical order (UAX #15, D108) before they are normalised.
///
/// The standard library's normaliser sorts each run by insertion, so that a run of a hundred thousand marks, which
/// no language has and anybody can send, would take minutes. What is in order already takes it one step a mark.
/// Exchanging neighbours of different non-zero classes changes nothing about the normal form.
enum MarkOrder {
    /// Shorter runs are sorted as fast where they are. The longest in any language has some ten.
    private static let longRun = 32

    static func ordered(_ text: String) -> String {
        if text.utf8.count <= longRun { return text }
        var out = String.UnicodeScalarView()
        var run: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if scalar.properties.canonicalCombiningClass != .notReordered {
                run.append(scalar)
            } else {
                append(&run, to: &out)
                out.append(scalar)
            }
        }
        append(&run, to: &out)
        return String(out)
    }

    private static func append(_ run: inout [Unicode.Scalar], to out: inout String.UnicodeScalarView) {
        if run.count > longRun {
            // By place within a class: what stands in one keeps its order.
            let places = run.enumerated().map {
                (class: $1.properties.canonicalCombiningClass.rawValue, place: $0, scalar: $1)
            }
            out.append(
                contentsOf: places.sorted { ($0.class, $0.place) < ($1.class, $1.place) }.map(\.scalar))
        } else {
            out.append(contentsOf: run)
        }
        run.removeAll(keepingCapacity: true)
    }
}
