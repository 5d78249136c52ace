/// What one command accepts and how it explains itself: parsing, help and suggestions all read this.
struct CommandDeclaration: Sendable {
    let name: String
    /// One line, an imperative without a full stop: "import articles from a file".
    let abstract: String
    /// In the order they are typed: required ones, then optional ones, at most one repeated; beside it there may be others
    /// whose words are known by their look.
    let arguments: [ArgumentDeclaration]
    let options: [OptionDeclaration]
    /// A whole command line that works as it stands.
    let example: String
    /// Further lines for `help COMMAND`: what a person needs beyond the list of options.
    let discussion: String?
    /// Words that people used to other programs type for this; only ever suggested, never obeyed.
    let synonyms: [String]
    /// Whether words that begin with one "-" are values once the first argument or `--query` was read, as in
    /// `tag ID +keep -drop`. Words that begin with "--" stay options.
    let dashesAreValues: Bool
    /// Whether words that begin with one "-" are values, as in `search river -tag:draft`, unless they spell an option that
    /// it has. What has one letter behind the "-" is a mistyped option.
    let dashesAreTerms: Bool
    /// Whether it makes edits, which somebody makes: `--as` is refused elsewhere.
    let makesEdits: Bool
    /// Whether the name of its group alone calls it.
    let isGroupDefault: Bool

    init(
        _ name: String, abstract: String, arguments: [ArgumentDeclaration] = [],
        options: [OptionDeclaration] = [], example: String, discussion: String? = nil,
        synonyms: [String] = [], dashesAreValues: Bool = false, dashesAreTerms: Bool = false,
        makesEdits: Bool = false, isGroupDefault: Bool = false
    ) {
        self.name = name
        self.abstract = abstract
        self.arguments = arguments
        self.options = options
        self.example = example
        self.discussion = discussion
        self.synonyms = synonyms
        self.dashesAreValues = dashesAreValues
        self.dashesAreTerms = dashesAreTerms
        self.makesEdits = makesEdits
        self.isGroupDefault = isGroupDefault
    }
}
