/// A command of `quipu`: parsed from its words, run once.
protocol Command: ParsableCommand {
    /// Does the work. Results go through `context.output`; what is thrown is presented by
    /// `ErrorPresentation` and decides the exit code.
    func run(in context: Context) throws -> ExitCode
    /// Whether something is done for good once `run` has returned: an output that fails then takes nothing back, and
    /// must not look as if the command should be run again.
    var leavesSomethingDone: Bool { get }
}

extension Command {
    var leavesSomethingDone: Bool { Self.declaration.makesEdits }
}

extension CommandSet<any Command>.Leaf {
    init<C: Command>(_ type: C.Type) {
        self.init(declaration: C.declaration) { (values) throws(UsageError) in try C(values) }
    }
}

extension CommandSet<any Command>.Entry {
    static func leaf<C: Command>(_ type: C.Type) -> Self { .command(.init(type)) }
}
