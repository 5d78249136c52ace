/// What one command accepts and how it explains itself: parsing, help and suggestions all read this.
struct CommandDeclaration: Sendable {
    let name: String
    /// One line, an imperative without a full stop: "import articles from a file".
    let abstract: String
    /// In the order they are typed: required ones, then optional ones, at most one repeated, last.
    let arguments: [ArgumentDeclaration]
    let options: [OptionDeclaration]
    /// A whole command line that works as it stands.
    let example: String
    /// Further lines for `help COMMAND`: what a person needs beyond the list of options.
    let discussion: String?
    /// Words that people used to other programs type for this; only ever suggested, never obeyed.
    let synonyms: [String]
    /// Whether words that begin with one "-" are values once the first argument was read, as in
    /// `tag ID +keep -drop`. Words that begin with "--" stay options.
    let dashesAreValues: Bool
    /// Whether it makes edits, which have an author: `--author` is refused elsewhere.
    let makesEdits: Bool

    init(
        _ name: String, abstract: String, arguments: [ArgumentDeclaration] = [],
        options: [OptionDeclaration] = [], example: String, discussion: String? = nil,
        synonyms: [String] = [], dashesAreValues: Bool = false, makesEdits: Bool = false
    ) {
        self.name = name
        self.abstract = abstract
        self.arguments = arguments
        self.options = options
        self.example = example
        self.discussion = discussion
        self.synonyms = synonyms
        self.dashesAreValues = dashesAreValues
        self.makesEdits = makesEdits
    }
}

/// A word whose meaning is its place. The name is shown in help and is the key to its value.
struct ArgumentDeclaration: Sendable {
    enum Arity: Sendable {
        case required, optional
        case repeated(minimum: Int)
    }

    let name: String
    let help: String
    let arity: Arity

    static func positional(_ name: String, _ help: String) -> Self {
        Self(name: name, help: help, arity: .required)
    }

    static func optional(_ name: String, _ help: String) -> Self {
        Self(name: name, help: help, arity: .optional)
    }

    /// Takes all the words that are left.
    static func repeated(_ name: String, _ help: String, minimum: Int = 1) -> Self {
        Self(name: name, help: help, arity: .repeated(minimum: minimum))
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

    static func option(
        _ name: String, short: Character? = nil, value: String, _ help: String, choices: [String] = [],
        required: Bool = false, repeated: Bool = false
    ) -> Self {
        Self(
            name: name, short: short, value: value, help: help, choices: choices, isRequired: required,
            isRepeated: repeated)
    }

    static func flag(_ name: String, short: Character? = nil, _ help: String) -> Self {
        Self(
            name: name, short: short, value: nil, help: help, choices: [], isRequired: false,
            isRepeated: false)
    }
}
