import Support

extension Machine {
    /// Runs `quipu` at a terminal of 24 lines to its end.
    func atTerminal(_ words: [String], columns: UInt16 = 80, variables: [String: String] = [:]) throws -> (
        exitCode: Int32, output: String
    ) {
        let program = try startAtTerminal(words, columns: columns, variables: variables)
        let exitCode = try program.finish()
        return (exitCode, program.output.replacing("\r\n", with: "\n"))
    }

    func startAtTerminal(_ words: [String], columns: UInt16 = 80, variables: [String: String] = [:]) throws
        -> TerminalProgram
    {
        try TerminalProgram(
            [QuipuProcess.path] + words, in: folder,
            environment: QuipuProcess.environment(
                adding: environment.merging(variables) { _, new in new }), columns: columns)
    }
}
