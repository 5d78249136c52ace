/// A command of `quipu`: parsed from its words, run once.
protocol Command: ParsableCommand {
    /// Does the work. Results go through `context.output`; what is thrown is presented by
    /// `ErrorPresentation` and decides the exit code.
    func run(in context: Context) throws -> ExitCode
    /// Whether something is done for good once `run` has returned: an output that fails then takes nothing back, and
    /// must not look as if the command should be run again.
    var leavesSomethingDone: Bool { get }
    /// Whether a pager shows what is longer than the screen: for results that a person reads, not for work that
    /// goes on meanwhile, and not where questions are asked.
    var isPaged: Bool { get }
    /// What of the work is kept when Ctrl-C ends it, and how to go on; nil where nobody needs to be told.
    static var interruptionAdvice: String? { get }
}

extension Command {
    static var interruptionAdvice: String? { nil }
    var leavesSomethingDone: Bool { Self.declaration.makesEdits }
    var isPaged: Bool {
        ["status", "list", "show", "read", "search", "log", "history", "diff", "conflicts"].contains(
            Self.declaration.name)
    }
}

extension CommandSet<any Command>.Leaf {
    init<C: Command>(_ type: C.Type) {
        self.init(declaration: C.declaration) { (values) throws(UsageError) in try C(values) }
    }
}

extension CommandSet<any Command>.Entry {
    static func leaf<C: Command>(_ type: C.Type) -> Self { .command(.init(type)) }
}
