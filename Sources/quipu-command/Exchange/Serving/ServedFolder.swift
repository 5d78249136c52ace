internal import Quipu

extension ServedFolder {
    /// What to say of archives in it that are not served; nil where there are none.
    static func warning(of root: String) -> String? {
        let names = passedOver(in: root)
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(maximumShown).map { "'\(TerminalSanitizer.line($0))'" }.joined(
            separator: ", ")
        let more = names.count > maximumShown ? " and \(names.count - maximumShown) more" : ""
        return "not served, as names of archives use only a-z, 0-9, - and _: \(shown)\(more); rename "
            + (names.count == 1 ? "the folder" : "the folders")
    }

    private static let maximumShown = 20
}
