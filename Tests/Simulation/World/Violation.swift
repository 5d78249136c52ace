/// A promise that did not hold.
public struct Violation: Error, CustomStringConvertible {
    /// What should always hold, in a few stable words: two violations of one rule are taken for the same fault.
    public let rule: String
    public let detail: String

    public init(_ rule: String, _ detail: String = "") {
        self.rule = rule
        self.detail = detail
    }

    public var description: String { detail.isEmpty ? rule : "\(rule): \(detail)" }
}
