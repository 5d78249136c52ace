internal import Support

/// A world and what happens in it. As text, its first line is `seed 7, 3 machines`, then a step a line.
public struct Script: Sendable, Equatable, CustomStringConvertible {
    public var seed: UInt64
    public var machineCount: Int
    public var steps: [Step]

    public init(seed: UInt64, machineCount: Int, steps: [Step]) {
        self.seed = seed
        self.machineCount = machineCount
        self.steps = steps
    }

    public var description: String {
        (["seed \(seed), \(machineCount) machines"] + steps.map(\.description)).joined(separator: "\n")
    }

    public init?(_ text: String) {
        let lines = text.split(separator: "\n")
        let words = (lines.first ?? "").split { $0 == " " || $0 == "," }
        guard words.count == 4, words[0] == "seed", let seed = UInt64(words[1]), let count = Int(words[2]),
            count > 0, words[3] == "machines"
        else { return nil }
        let steps = lines.dropFirst().map { Step($0) }
        guard !steps.contains(nil) else { return nil }
        self.init(seed: seed, machineCount: count, steps: steps.compactMap { $0 })
    }
}

extension Script {
    /// A random script. Each has some sorts of faults and not others, and its own proportions: a history with
    /// everything in it at once hides what a simple one shows (Groce et al.: "Swarm testing", 2012).
    public init(random seed: UInt64, stepCount: Int, machineCount: Int, capabilities: Capabilities) {
        var random = SplitMix64(seed: seed &* 0x2545_f491_4f6c_dd1d &+ 1)
        let mixture = Mixture(capabilities: capabilities, using: &random)
        var steps: [Step] = []
        var untilQuiet = Int.random(in: 15...70, using: &random)
        for number in 1...max(stepCount, 1) {
            untilQuiet -= 1
            if untilQuiet == 0 || number == stepCount {
                untilQuiet = Int.random(in: 15...70, using: &random)
                steps.append(Step(number: number, action: .quiet, parameters: []))
                continue
            }
            let action = mixture.draw(using: &random)
            steps.append(
                Step(
                    number: number, action: action,
                    parameters: action.parameterNames.map {
                        Mixture.parameter($0, machineCount: machineCount, using: &random)
                    }))
        }
        self.init(seed: seed, machineCount: machineCount, steps: steps)
    }
}
