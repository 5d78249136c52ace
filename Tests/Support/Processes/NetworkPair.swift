import Foundation
import Glibc

/// Two network namespaces with a cable between them, like two laptops and nothing else: each has its own loopback interface,
/// and addresses on the cable. They go with the object.
public final class NetworkPair {
    /// Words before a command that let it run on the first machine, and on the second.
    public let prefixes: [[String]]
    private let names: [String]

    /// - Parameters:
    ///   - first: the first machine's addresses, each with the length of its network, as in `192.168.43.17/24`.
    ///   - second: the second machine's.
    public init(_ first: [String], _ second: [String]) throws {
        // Names of interfaces have at most 15 letters.
        let name = "q\(getpid())n\(UInt16.random(in: 0 ... .max))"
        names = ["a", "b"].map { "quipu-\(name)-\($0)" }
        prefixes = names.map { ["ip", "netns", "exec", $0] }
        for name in names { try Self.ip("netns", "add", name) }
        try Self.ip(
            "link", "add", "eth0", "netns", names[0], "type", "veth", "peer", "name", "eth0", "netns",
            names[1])
        for (name, addresses) in zip(names, [first, second]) {
            for address in addresses { try Self.ip("-n", name, "address", "add", address, "dev", "eth0") }
            for interface in ["lo", "eth0"] { try Self.ip("-n", name, "link", "set", interface, "up") }
        }
    }

    deinit { for name in names { try? Self.ip("netns", "delete", name) } }

    private static func ip(_ words: String...) throws {
        let ending = try ChildProgram(["ip"] + words, in: "/", environment: QuipuProcess.environment())
            .finish()
        guard ending.exitCode == 0 else {
            throw ChildProgram.Failure(description: "ip \(words): \(ending.errors)")
        }
    }

    /// Whether this machine lets a test do that: as root, with iproute2.
    public static let isAvailable: Bool = {
        geteuid() == 0 && (try? NetworkPair(["192.0.2.1/24"], ["192.0.2.2/24"])) != nil
    }()
}
