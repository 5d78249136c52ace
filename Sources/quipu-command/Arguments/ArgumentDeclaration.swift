/// A word whose meaning is its place. The name is shown in help and is the key to its value.
struct ArgumentDeclaration: Sendable {
    enum Arity: Sendable {
        case required, optional
        case repeated(minimum: Int)
    }

    let name: String
    let help: String
    let arity: Arity
    /// What completion offers.
    let takes: ValueKind
    /// What the words of this argument look like, wherever they stand among the others: `+TAG`, `FIELD=VALUE`. Nil where
    /// their place says it.
    var accepts: (@Sendable (String) -> Bool)?
    /// What to say where no word looks like that, of the words there are; nil for the usual.
    var missing: (@Sendable ([String]) -> UsageError?)?

    static func positional(_ name: String, _ help: String, takes: ValueKind = .anything) -> Self {
        Self(name: name, help: help, arity: .required, takes: takes)
    }

    static func optional(_ name: String, _ help: String, takes: ValueKind = .anything) -> Self {
        Self(name: name, help: help, arity: .optional, takes: takes)
    }

    /// Takes all the words that are left, but those that required arguments behind it need.
    static func repeated(
        _ name: String, _ help: String, minimum: Int = 1, takes: ValueKind = .anything,
        accepts: (@Sendable (String) -> Bool)? = nil, missing: (@Sendable ([String]) -> UsageError?)? = nil
    ) -> Self {
        Self(
            name: name, help: help, arity: .repeated(minimum: minimum), takes: takes, accepts: accepts,
            missing: missing)
    }
}

/// Something named on the command line: `--name VALUE`, `--name=VALUE`, `-n VALUE`, or a bare flag.
struct OptionDeclaration: Sendable {
    /// Without the dashes.
    let name: String
    let short: Character?
    /// The value's name in help; `nil` for a flag.
    let value: String?
    let help: String
    /// The only values accepted; empty when any is.
    let choices: [String]
    let isRequired: Bool
    /// Whether it may be given several times, and each counts.
    let isRepeated: Bool
    /// What completion offers for the value, beside the choices.
    let takes: ValueKind

    static func option(
        _ name: String, short: Character? = nil, value: String, _ help: String, choices: [String] = [],
        required: Bool = false, repeated: Bool = false, takes: ValueKind = .anything
    ) -> Self {
        Self(
            name: name, short: short, value: value, help: help, choices: choices, isRequired: required,
            isRepeated: repeated, takes: takes)
    }

    static func flag(_ name: String, short: Character? = nil, _ help: String) -> Self {
        Self(
            name: name, short: short, value: nil, help: help, choices: [], isRequired: false,
            isRepeated: false, takes: .anything)
    }
}
