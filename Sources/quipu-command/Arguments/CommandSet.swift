/// A command as its type writes it down; `run` is the program's own business.
protocol ParsableCommand: Sendable {
    static var declaration: CommandDeclaration { get }
    /// Checks what the declaration cannot say; throws for a person's mistake.
    init(_ values: ParsedArguments) throws(UsageError)
}

/// All that a program understands. `Runnable` is what a parsed command line becomes, as `any Command`:
///
///     extension CommandSet<any Command>.Leaf {
///         init<C: Command>(_ type: C.Type) {
///             self.init(declaration: C.declaration) { (values) throws(UsageError) in try C(values) }
///         }
///     }
struct CommandSet<Runnable: Sendable>: Sendable {
    /// A command and how to make it from its words.
    struct Leaf: Sendable {
        let declaration: CommandDeclaration
        let make: @Sendable (ParsedArguments) throws(UsageError) -> Runnable
    }

    /// What stands at one place of the command line.
    enum Entry: Sendable {
        case command(Leaf)
        /// Commands under a common first word: `remote add`, `remote list`.
        case group(name: String, abstract: String, commands: [Leaf])

        var name: String {
            switch self {
            case .command(let leaf): leaf.declaration.name
            case .group(let name, _, _): name
            }
        }

        var abstract: String {
            switch self {
            case .command(let leaf): leaf.declaration.abstract
            case .group(_, let abstract, _): abstract
            }
        }
    }

    /// Commands that the overview lists together.
    struct Section: Sendable {
        let title: String
        let entries: [Entry]
    }

    /// A page of help that is no command's.
    struct Topic: Sendable {
        let name: String
        /// One line without a full stop, as of a command.
        let abstract: String
        let blocks: [HelpBlock]

        /// For a width in columns.
        func text(width: Int) -> String { HelpLayout.lines(of: blocks, width: width).joined(separator: "\n") }
    }

    let program: String
    let abstract: String
    let sections: [Section]
    /// Commands that programs call, which no help lists.
    var hidden: [Leaf] = []
    var topics: [Topic] = []

    var entries: [Entry] { sections.flatMap(\.entries) }

    /// Every command with the words that call it, as `(["remote", "add"], leaf)`.
    var leaves: [(path: [String], leaf: Leaf)] {
        entries.flatMap { entry -> [(path: [String], leaf: Leaf)] in
            switch entry {
            case .command(let leaf): [([leaf.declaration.name], leaf)]
            case .group(let name, _, let commands): commands.map { ([name, $0.declaration.name], $0) }
            }
        }
    }
}

/// What a command line asks for.
enum Invocation<Runnable: Sendable>: Sendable {
    case run(Runnable, GlobalOptions)
    /// The text to print.
    case help(String)
    case version
}
