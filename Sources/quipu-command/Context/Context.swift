internal import Glibc
internal import Quipu

/// What a command runs in: the global options, the outside world, and where output goes.
struct Context: Sendable {
    let options: GlobalOptions
    let output: Output
    var environment: ArchiveEnvironment
    /// What the person has set.
    var settings = Settings.none
    /// The value of an environment variable; nil when unset or empty.
    let variable: @Sendable (String) -> String?
    /// The name that the system knows the person by; nil when it knows none.
    let loginName: @Sendable () -> String?
    /// The folder that relative paths and the search for `.quipu` start from.
    let currentFolder: String
    /// The next line that a person types; nil at the end of input.
    let readLine: @Sendable () -> String?
    /// The same without showing it.
    let readSecret: @Sendable () -> String?

    var terminal: Terminal { output.terminal }

    /// Whether a person is at the terminal who can be asked.
    var canAsk: Bool { terminal.inputIsTerminal && terminal.outputIsTerminal && !output.isJSON }

    /// Asks a question that only "yes" agrees to.
    func asksYes(_ question: String) -> Bool {
        output.standard.write("\(question) (yes, no)? ")
        output.standard.flush()
        let word = (readLine() ?? "").filter { !$0.isWhitespace }.lowercased()
        return !word.isEmpty && "yes".hasPrefix(word)
    }

    /// Takes the person's word that this machine's clock is right.
    mutating func trustClock() { environment = environment.withTrustedClock }

    /// The real world.
    static func ofThisProcess(_ options: GlobalOptions, output: Output, settings: Settings) -> Context {
        Context(
            options: options, output: output, environment: .system, settings: settings,
            variable: { name in
                getenv(name).flatMap { String(validatingCString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
            },
            loginName: {
                guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return nil }
                return String(validatingCString: name)
            },
            currentFolder: ".", readLine: { Swift.readLine() }, readSecret: { SecretPrompt.read() })
    }
}
