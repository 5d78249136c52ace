/// A command of `quipu`: parsed from its words, run once.
protocol Command: ParsableCommand {
    /// Does the work. Results go through `context.output`; what is thrown is presented by
    /// `ErrorPresentation` and decides the exit code.
    func run(in context: Context) throws -> ExitCode
}

extension CommandSet<any Command>.Leaf {
    init<C: Command>(_ type: C.Type) {
        self.init(declaration: C.declaration) { (values) throws(UsageError) in try C(values) }
    }
}

extension CommandSet<any Command>.Entry {
    static func leaf<C: Command>(_ type: C.Type) -> Self { .command(.init(type)) }
}
