internal import Quipu

/// What an import has to say beyond its counts: what is kept under the source's own names, what was converted, what could
/// not be read.
struct ImportFindings {
    private static let mostNames = 12

    private let report: ImportReport

    init(_ report: ImportReport) { self.report = report }

    func show(in output: Output) {
        if let kept { output.remark(kept) }
        if output.isJSON { return }
        say(report.remarks, of: report.remarkedItems, to: output)
        say(report.refusals, of: report.rejectedItems, to: output)
        for error in report.unopenedSources { _ = output.report(error) }
        let unnamed = report.unopenedSourceCount - report.unopenedSources.count
        if unnamed > 0 { output.warn("and \(counted(unnamed, "other source")) that could not be opened") }
    }

    /// "1 source not opened"; nil where all were.
    var unopened: String? {
        let count = report.unopenedSourceCount
        return count == 0 ? nil : "\(counted(count, "source")) not opened"
    }

    private func say(_ refusals: [ImportReport.Remark], of count: Int, to output: Output) {
        for refusal in refusals { output.warn("\(refusal.place): \(refusal.reason)") }
        if count > refusals.count { output.warn("and \(count - refusals.count) more") }
    }

    /// "kept under x-: category (2), section (1)"
    private var kept: String? {
        let names = report.keptNames.byCount
        if names.isEmpty { return nil }
        var parts = names.prefix(Self.mostNames).map { "\(TerminalSanitizer.line($0.key)) (\($0.value))" }
        if names.count > Self.mostNames { parts.append("\(names.count - Self.mostNames) more names") }
        return "kept under x-: " + parts.joined(separator: ", ")
    }
}

extension [ImportReport.Remark] {
    var json: JSONText {
        JSONText(
            map { refusal in
                [
                    "file": JSONText(refusal.place.file), "line": JSONText(refusal.place.line),
                    "reason": JSONText(refusal.reason),
                ]
            })
    }
}

extension [String: Int] {
    /// The most frequent first.
    var byCount: [(key: String, value: Int)] {
        sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    }

    var json: JSONText { JSONText(members: byCount.map { ($0.key, JSONText($0.value)) }) }
}

extension [QuipuError] {
    /// As errors that end a command.
    var json: JSONText { JSONText(map { ErrorPresentation($0).json }) }
}
