internal import Glibc
internal import Quipu

/// What commands are told of a server beside its URL.
struct RemoteOptions: Sendable {
    static let ca = OptionDeclaration.option(
        "ca", value: "FILE",
        "trust the server's certificate if one in this file (PEM) signed it; remembered", takes: .file)
    static let insecure = OptionDeclaration.flag(
        "insecure",
        "use plain HTTP even where others on the network can read and change what is exchanged; remembered")
    static let allowPlainHTTP = OptionDeclaration.flag("allow-plain-http", "the former name of --insecure")

    let caFile: String?
    /// Plain HTTP will do, as somebody said.
    let isInsecure: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        func isDeclared(_ name: String) -> Bool { values.declaration.options.contains { $0.name == name } }
        isInsecure = ["insecure", "allow-plain-http"].contains { isDeclared($0) && values.flag($0) }
        caFile = values.option("ca").map { Remote.absolute($0) }
        if let caFile, access(caFile, R_OK) != 0 {
            throw UsageError(
                "the file \(caFile) cannot be read: \(String(cString: strerror(errno)))",
                hint: "give a file of certificates, PEM")
        }
    }

    /// - Throws: where the remote is a folder.
    static func requireServer(_ remote: Remote) throws(UsageError) {
        guard !remote.isServer else { return }
        throw UsageError(
            "the remote '\(remote.name)' is a folder, and needs no token",
            hint: "only remotes on a server do: quipu remote list")
    }
}

/// Reads a token from a person or a pipe.
enum TokenInput {
    /// - Parameter address: what it is for, as `https://quipu.example/press`.
    static func read(for address: String, in context: Context) throws -> TokenText {
        let isTyped = context.terminal.inputIsTerminal
        if isTyped {
            context.output.errors.write("token for \(TerminalSanitizer.line(address)): ")
        }
        let text = isTyped ? context.readSecret() : context.readLine()
        if isTyped { context.output.errors.writeLine("") }
        return try checked(text ?? "", source: "what was given")
    }

    /// Nil where the variable is not set.
    static func variable(in context: Context) throws(UsageError) -> TokenText? {
        guard let text = context.variable("QUIPU_TOKEN") else { return nil }
        return try checked(text, source: "QUIPU_TOKEN")
    }

    /// What is no token may be another secret: it is not repeated.
    private static func checked(_ text: String, source: String) throws(UsageError) -> TokenText {
        let word = text.split(whereSeparator: \.isWhitespace)
        guard word.count == 1, let token = TokenText(String(word[0])) else {
            throw UsageError(
                "\(source) is not a token",
                hint: "a token begins with \(TokenText.prefix) and has 49 characters, on one line")
        }
        return token
    }
}
