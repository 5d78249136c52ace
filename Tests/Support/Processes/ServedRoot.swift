/// A `quipu serve` over a folder of archives, on a free port of this machine, until it is stopped or its last
/// reference goes.
public final class ServedRoot {
    /// A server lives as long as its test, and no test so long.
    public static let defaultLimitMilliseconds = 3_600_000

    public let url: String
    public let program: ChildProgram

    public var port: UInt16 { url.split(separator: ":").last.flatMap { UInt16($0) } ?? 0 }

    /// - Parameters:
    ///   - root: the folder; made if it is not there.
    ///   - listen: where it listens; on a free port of this machine unless said.
    ///   - options: further words for `serve`.
    ///   - environment: further variables.
    ///   - prefix: a command that runs it.
    public init(
        _ root: String, listen: String = "127.0.0.1:0", options: [String] = [],
        environment: [String: String] = [:], prefix: [String] = [],
        limitMilliseconds: Int = ServedRoot.defaultLimitMilliseconds
    ) throws {
        program = try QuipuProcess.start(
            ["serve", "--root", root, "--listen", listen] + options, in: "/", environment: environment,
            prefix: prefix, limitMilliseconds: limitMilliseconds)
        guard let line = try program.readLine(), line.hasPrefix("http") else {
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
