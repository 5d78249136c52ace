import Foundation

/// Counts what processes ask the allocator for: builds `Tools/allocations.c`, which they find preloaded.
public final class AllocationCounter {
    private let folder: TemporaryFolder
    private let library: String

    /// With the compiler that comes with Swift; anew for each, which takes a moment and leaves nothing behind.
    public init() throws {
        folder = try TemporaryFolder()
        library = folder.path(of: "allocations.so")
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Tools/allocations.c").standardized.path
        let words = [
            "clang", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, source,
        ]
        let compiler: ChildProgram
        do {
            compiler = try ChildProgram(words, in: "/", environment: QuipuProcess.environment())
        } catch {
            throw ChildProgram.Failure(description: "there is no clang, which comes with Swift (\(error))")
        }
        let ending = try compiler.finish()
        guard ending.exitCode == 0 else {
            throw ChildProgram.Failure(description: "\(source) was not compiled: \(ending.errors)")
        }
    }

    /// A number that some processes share.
    public func tally(_ name: String) throws -> Tally {
        try Tally(path: folder.path(of: name), library: library)
    }

    public struct Tally: Sendable {
        private let path: String
        /// What a process must find set to be counted; the seed of its hash tables as well, which would let tables
        /// grow now and then at another moment.
        public let variables: [String: String]

        fileprivate init(path: String, library: String) throws {
            self.path = path
            variables = [
                "LD_PRELOAD": library, "QUIPU_ALLOCATIONS": path, "SWIFT_DETERMINISTIC_HASHING": "1",
            ]
            try Data(count: MemoryLayout<UInt64>.size).write(to: URL(fileURLWithPath: path))
        }

        /// How often anything was asked for until now.
        public var count: Int {
            get throws {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                return Int(bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
            }
        }

        /// How often anything was asked for meanwhile.
        public func count(during body: () throws -> Void) throws -> Int {
            let before = try count
            try body()
            return try count - before
        }
    }
}
