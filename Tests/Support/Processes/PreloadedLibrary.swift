import Foundation

/// A library of `Tools/` that the processes of a test find preloaded.
public final class PreloadedLibrary {
    private let folder: TemporaryFolder
    public let path: String

    /// Compiles it with the compiler that comes with Swift, for each test separately, which takes a moment and leaves nothing behind.
    /// - Parameter name: the source's, without its ending.
    public init(_ name: String) throws {
        folder = try TemporaryFolder()
        path = folder.path(of: name + ".so")
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Tools/\(name).c").standardized.path
        let words = ["clang", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", path, source]
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
}
