internal import QuipuHTTPServer
internal import QuipuHosting
internal import QuipuInterchange
internal import QuipuReplication
internal import QuipuWire

extension ErrorPresentation {
    static let exchangeRules: [Rule] = [
        rule(ReplicationError.self) { error in
            .init(error.code.rawValue, error.message, hint: error.hint, exit: exit(for: error.code))
        },
        // What came over the link made no sense: a broken proxy, a hotel's log-in page, a cut.
        rule(WireError.self) { error in
            .init(
                "malformed-message", "the other side's reply cannot be read: \(error.message)",
                hint: "nothing of it was kept and nothing is lost; try again, and check the address",
                exit: .remoteUnreachable)
        },
        rule(InterchangeError.self) { error in
            .init(
                error.code.name, "cannot \(error.operation) \(error.path): \(error.message)",
                hint: error.hint,
                exit: .failed)
        },
        rule(ListenAddress.Refusal.self) { error in
            .init("listen-refused", error.message, hint: error.hint, exit: .usage)
        },
        // Of a database that this command speaks to itself.
        rule(Problem.self) { error in
            .init(
                error.word, error.title, hint: error.hint,
                exit: error.status == 503 ? .remoteUnreachable : .failed)
        },
        rule(TokenError.self) { error in
            .init(error.code.rawValue, error.message, hint: error.hint, exit: .failed)
        },
        rule(HTTPServerError.self) { error in
            .init(
                "cannot-listen", "cannot listen on \(error.address): \(error.reason)", hint: error.hint,
                exit: .failed)
        },
    ]

    private static func exit(for code: ReplicationError.Code) -> ExitCode {
        switch code {
        // A message that cannot be read there, like one that cannot be read here, was changed on the way.
        case .unreachable, .cut, .notQuipu, .moved, .databaseRefused, .busy, .malformed, .tooManyRequests,
            .overloaded, .tooLarge:
            .remoteUnreachable
        case .damaged: .damageFound
        default: .failed
        }
    }
}
