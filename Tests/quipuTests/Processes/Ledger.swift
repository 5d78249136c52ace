import Support
import Testing

/// What was acknowledged: the transactions in an archive's log when a command there had returned 0. Each is known
/// by its chain hash, which covers every change and value of it and all that its origin wrote before; so who
/// holds a transaction under the same chain hash holds the same edit.
struct Ledger: Sendable, CustomStringConvertible {
    /// The command after which each was first seen.
    private var commands: [[UInt8]: String] = [:]

    var count: Int { commands.count }

    /// Notes all that is in the log of a machine whose command has just returned 0.
    mutating func acknowledge(_ machine: Machine, _ command: String) throws {
        for chain in try machine.chains where commands[chain] == nil {
            commands[chain] = "\(machine.author): \(command)"
        }
    }

    /// Another's acknowledged edits were confirmed to be here too.
    mutating func acknowledge(_ other: Ledger) { commands.merge(other.commands) { old, _ in old } }

    /// After which commands something was acknowledged that the machine's log does not hold.
    func lost(at machine: Machine) throws -> [String] {
        let held = try machine.chains
        return commands.filter { !held.contains($0.key) }.values.sorted()
    }

    /// Every acknowledged edit is in the machine's log.
    func expectKept(by machine: Machine, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let lost = try lost(at: machine)
        #expect(lost.isEmpty, "lost at \(machine.author)'s", sourceLocation: sourceLocation)
    }

    /// How many transactions each command led to.
    var description: String {
        var counts: [String: Int] = [:]
        for command in commands.values { counts[command, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: "\n")
    }
}
