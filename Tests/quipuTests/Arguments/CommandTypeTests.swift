import Testing

@testable import quipu

@Suite struct `A command is a type` {
    @Test func `a command is created from its arguments and run without a cast`() throws {
        let commands = CommandSet<any Greeting>(
            program: "greet", abstract: "greets",
            sections: [
                .init(title: "All", entries: [.command(.init(Hello.self)), .command(.init(Bye.self))])
            ])
        guard case .run(let bye, _) = try commands.parse(["bye", "Noemí"]) else { throw NotRun() }
        #expect(bye.text == "Bye, Noemí")
        let refused = #expect(throws: UsageError.self) { try commands.parse(["hello", ""]) }
        #expect(refused == UsageError("a name has letters"))
    }
}

private protocol Greeting: ParsableCommand {
    var text: String { get }
}

extension CommandSet<any Greeting>.Leaf {
    fileprivate init<C: Greeting>(_ type: C.Type) {
        self.init(declaration: C.declaration) { (values) throws(UsageError) in try C(values) }
    }
}

private struct Hello: Greeting {
    static let declaration = CommandDeclaration(
        "hello", abstract: "say hello", arguments: [.positional("NAME", "to whom")],
        example: "greet hello Ana")

    let text: String

    init(_ values: ParsedArguments) throws(UsageError) {
        let name = values.argument("NAME")
        if name.isEmpty { throw UsageError("a name has letters") }
        text = "Hello, \(name)"
    }
}

private struct Bye: Greeting {
    static let declaration = CommandDeclaration(
        "bye", abstract: "say goodbye", arguments: [.positional("NAME", "to whom")], example: "greet bye Ana")

    let text: String

    init(_ values: ParsedArguments) {
        text = "Bye, \(values.argument("NAME"))"
    }
}
