/// A `quipu serve --database`, on a free port of this machine, until it is stopped or its last reference goes.
public final class ServedDatabase {
    public let url: String
    public let program: ChildProgram

    /// - Parameters:
    ///   - database: its address, without a password.
    ///   - cache: nil for a temporary one.
    public init(_ database: String, cache: String? = nil) throws {
        program = try QuipuProcess.start(
            ["serve", "--database", database, "--listen", "127.0.0.1:0"]
                + (cache.map { ["--cache", $0] } ?? []),
            in: "/", limitMilliseconds: ServedRoot.defaultLimitMilliseconds)
        guard let line = try program.readLine(), line.hasPrefix("http://") else {
            let ending = try program.finish()
            throw ChildProgram.Failure(description: "no server: \(ending.output)\(ending.errors)")
        }
        url = line
    }

    /// Asks it to stop and waits until it has.
    @discardableResult
    public func stop() throws -> ChildProgram.Ending {
        program.terminate()
        return try program.finish()
    }

    deinit { _ = try? stop() }
}
