import Foundation
import Glibc

/// A file system that only the processes of one test see: it is mounted in a name space of its own, held by a
/// process that waits, and goes with it.
public final class PrivateMount {
    /// Words before a command that let it run in there.
    public let prefix: [String]
    public let path: String
    private let holder: ChildProgram

    /// What takes the room that a small disk gets later.
    private static let ballastBytes = 24 << 20

    /// A disk with so many bytes free.
    public convenience init(smallDisk path: String, sizeBytes: Int) throws {
        try self.init(
            path,
            script: """
                mount -t tmpfs -o size=\(sizeBytes + Self.ballastBytes) small "$1" \
                    && head -c \(Self.ballastBytes) /dev/zero >"$1/ballast"
                """)
    }

    /// A folder that may be read and not written, by nobody.
    public convenience init(readOnly path: String) throws {
        try self.init(path, script: "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\"")
    }

    private init(_ path: String, script: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        self.path = path
        holder = try ChildProgram(
            ["unshare"] + Self.options + [
                "sh", "-c", script + " && echo mounted && exec tail -f /dev/null", "sh", path,
            ],
            in: "/", environment: QuipuProcess.environment())
        guard try holder.readLine() == "mounted" else {
            throw ChildProgram.Failure(description: "cannot mount at \(path): \(try holder.finish().errors)")
        }
        // The folder is entered from within: seen from outside it is another.
        prefix =
            ["nsenter", "--target", "\(holder.processID)", "--mount"]
            + (geteuid() == 0 ? [] : ["--user", "--preserve-credentials"])
            + ["sh", "-c", "cd \"$0\" && exec \"$@\"", path]
    }

    private static var options: [String] {
        geteuid() == 0 ? ["--mount"] : ["--mount", "--user", "--map-root-user"]
    }

    /// Makes the small disk a large one.
    public func makeRoom() throws {
        let ending = try ChildProgram(
            prefix + ["rm", path + "/ballast"], in: "/", environment: QuipuProcess.environment()
        ).finish()
        guard ending.exitCode == 0 else { throw ChildProgram.Failure(description: ending.errors) }
    }

    /// Fills the small disk, but for some bytes.
    public func fill(leaving freeBytes: Int) throws {
        let script = """
            rm -f "$1/filling"; free=$(($(stat -f -c %a*%S "$1") - $2)); head -c "$free" /dev/zero >"$1/filling"
            """
        let ending = try ChildProgram(
            prefix + ["sh", "-c", script, "sh", path, "\(freeBytes)"], in: "/",
            environment: QuipuProcess.environment()
        ).finish()
        guard ending.exitCode == 0 else { throw ChildProgram.Failure(description: ending.errors) }
    }

    deinit { holder.kill() }

    /// Whether this machine lets a test do that.
    public static let isAvailable: Bool = {
        guard let folder = try? TemporaryFolder() else { return false }
        return (try? PrivateMount(smallDisk: folder.path(of: "disk"), sizeBytes: 1 << 20)) != nil
    }()
}
