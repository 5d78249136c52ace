/// What the product can do, by which steps depend on it.
public struct Capabilities: OptionSet, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Copied folders and rolled-back machines are repaired.
    public static let branches = Capabilities(rawValue: 1)
    /// The program notes by how much its clock is off.
    public static let clockNotes = Capabilities(rawValue: 2)
    /// Texts of superseded values can be dropped.
    public static let compaction = Capabilities(rawValue: 4)

    public static let all: Capabilities = [.branches, .clockNotes, .compaction]

    /// Those of this version.
    public static let present: Capabilities = .all
}
