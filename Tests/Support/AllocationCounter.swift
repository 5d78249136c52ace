import Foundation

/// Counts what processes ask the allocator for: builds `Tools/allocations.c`, which they find preloaded.
public final class AllocationCounter {
    private let folder: TemporaryFolder
    private let library: PreloadedLibrary

    public init() throws {
        folder = try TemporaryFolder()
        library = try PreloadedLibrary("allocations")
    }

    /// A number that some processes share.
    public func tally(_ name: String) throws -> Tally {
        try Tally(path: folder.path(of: name), library: library.path)
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
