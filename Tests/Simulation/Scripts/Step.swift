/// One thing that happens, with all it needs: `12: edit machine=0 record=3 field=1 value=4`.
public struct Step: Sendable, Equatable, CustomStringConvertible {
    /// Its place in the script it was first in, from which its time and its randomness derive.
    public let number: Int
    public let action: Action
    public var parameters: [Int]

    public init(number: Int, action: Action, parameters: [Int]) {
        precondition(parameters.count == action.parameterNames.count, "a step has all its parameters")
        self.number = number
        self.action = action
        self.parameters = parameters
    }

    public var description: String {
        let words = zip(action.parameterNames, parameters).map { " \($0)=\($1)" }
        return "\(number): \(action.rawValue)\(words.joined())"
    }

    /// Reads what `description` writes; nil for anything else.
    public init?(_ line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard words.count >= 2, words[0].last == ":", let number = Int(words[0].dropLast()),
            let action = Action(rawValue: String(words[1])),
            words.count == 2 + action.parameterNames.count
        else { return nil }
        var parameters: [Int] = []
        for (name, word) in zip(action.parameterNames, words.dropFirst(2)) {
            let parts = word.split(separator: "=")
            guard parts.count == 2, parts[0] == name, let value = Int(parts[1]), value >= 0 else {
                return nil
            }
            parameters.append(value)
        }
        self.init(number: number, action: action, parameters: parameters)
    }
}
