import Support
import Testing

@testable import quipu

/// Every command beside ten times as much of everything else, by counts: what SQLite does for it, what it prints, and what
/// it sends.
///
/// A command that is about one thing costs the same. What `CommandRow` says it may grow with, it grows in step with and no
/// faster; and where it does not grow, it is not to say so.
@Suite struct CommandCostTests {
    /// More origins than one message tells, at both sizes.
    private static let sizes = (small: 130, large: 1_300)
    /// Room for a deeper tree, and for numbers with a digit more.
    private static let (moreStatements, moreSteps, morePages, moreBytes) = (6, 700, 40, 120)
    /// Of what grows in step with ten times as much.
    private static let greatestFactor = 14

    @Test(arguments: Surroundings.allCases)
    func `a command costs the same beside ten times as much data`(_ surroundings: Surroundings) throws {
        let small = try costs(beside: Self.sizes.small, surroundings)
        let large = try costs(beside: Self.sizes.large, surroundings)
        for (row, (one, other)) in zip(CommandRow.all, zip(small, large)) {
            let what: Comment = "\(row.name), more \(surroundings): \(one); then \(other)"
            let isFlat = Self.isFlat(one, other)
            guard let reason = row.reason(for: surroundings) else {
                #expect(isFlat, what)
                continue
            }
            #expect(Self.isInStep(one, other), what)
            if case .with = row.growth { #expect(!isFlat, "it no longer grows for: \(reason). \(what)") }
        }
    }

    @Test func `every command has a row in the cost table`() {
        let names = CommandRow.all.map(\.name)
        for (path, _) in CommandSet.quipu.leaves {
            let name = path.joined(separator: " ")
            let isThere = names.contains {
                $0 == name || $0.hasPrefix(name + " ") || $0.hasPrefix(name + ",")
            }
            #expect(isThere || CommandRow.others[name] != nil, "\(name)")
        }
    }

    @Test func `the cost check detects every kind of growth`() {
        let one = CommandScene.Cost(statements: 20, steps: 1_000, pages: 10, bytes: 200)
        let more: [WritableKeyPath<CommandScene.Cost, Int>] = [\.statements, \.steps, \.pages, \.bytes]
        for what in more {
            var (other, worse) = (one, one)
            other[keyPath: what] = one[keyPath: what] * 10
            worse[keyPath: what] = one[keyPath: what] * 100
            #expect(!Self.isFlat(one, other) && Self.isInStep(one, other))
            #expect(!Self.isInStep(one, worse))
        }
        #expect(Self.isFlat(one, one))
    }

    private func costs(beside count: Int, _ surroundings: Surroundings) throws -> [CommandScene.Cost] {
        let scene = try CommandScene(beside: count, surroundings)
        return try CommandRow.all.map { try scene.cost(of: $0) }
    }

    private static func isFlat(_ one: CommandScene.Cost, _ other: CommandScene.Cost) -> Bool {
        other.statements <= one.statements + one.statements / 4 + moreStatements
            && other.steps <= one.steps + one.steps / 2 + moreSteps
            && other.pages <= one.pages + one.pages / 2 + morePages
            && other.bytes <= one.bytes + moreBytes
    }

    private static func isInStep(_ one: CommandScene.Cost, _ other: CommandScene.Cost) -> Bool {
        other.statements <= greatestFactor * one.statements + moreStatements
            && other.steps <= greatestFactor * one.steps + moreSteps
            && other.pages <= greatestFactor * one.pages + morePages
            && other.bytes <= greatestFactor * one.bytes + moreBytes
    }
}
