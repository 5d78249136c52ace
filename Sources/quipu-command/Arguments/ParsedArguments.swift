/// The words of a command line under the names that its declaration gave them.
///
/// Asking for a name that the command did not declare in that form is a programmer's mistake and traps.
struct ParsedArguments: Sendable {
    let declaration: CommandDeclaration
    /// What the declaration's options and the global ones were given; a flag holds one empty string.
    let optionValues: [String: [String]]
    let argumentValues: [String: [String]]

    /// A required argument.
    func argument(_ name: String) -> String {
        guard let value = argumentValues[name]?.first else {
            preconditionFailure("'\(declaration.name)' declares no required argument \(name)")
        }
        return value
    }

    func optionalArgument(_ name: String) -> String? {
        arguments(name).first
    }

    /// A repeated argument, in the order typed.
    func arguments(_ name: String) -> [String] {
        precondition(
            declaration.arguments.contains { $0.name == name },
            "'\(declaration.name)' declares no argument \(name)")
        return argumentValues[name] ?? []
    }

    func flag(_ name: String) -> Bool {
        !options(name).isEmpty
    }

    func option(_ name: String) -> String? {
        options(name).last
    }

    /// An option declared `required: true`.
    func requiredOption(_ name: String) -> String {
        guard let value = option(name) else {
            preconditionFailure("'\(declaration.name)' does not declare --\(name) as required")
        }
        return value
    }

    /// A repeated option, in the order typed.
    func options(_ name: String) -> [String] {
        precondition(
            (declaration.options + GlobalOptions.declarations).contains { $0.name == name },
            "'\(declaration.name)' declares no option --\(name)")
        return optionValues[name] ?? []
    }
}
