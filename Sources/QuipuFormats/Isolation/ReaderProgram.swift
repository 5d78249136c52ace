internal import Glibc
internal import Synchronization

/// The program that a reading process runs: one that calls `ReaderService.runIfAsked` where it begins, as `quipu` does.
package struct ReaderProgram: Sendable, Equatable {
    /// As it is given to `posix_spawn`.
    package let path: String

    package init(path: String) { self.path = path }

    /// Whether this program is one, which it shows by asking.
    private static let isThisOne = Atomic(false)

    static func noteThisOne() { isThisOne.store(true, ordering: .relaxed) }

    /// This program if it is one; else `quipu` beside it, else the first in the folders of `PATH`.
    /// - Throws: `no-reader-program` if there is none.
    package static func find() throws(InterchangeError) -> ReaderProgram {
        if isThisOne.load(ordering: .relaxed) { return ReaderProgram(path: "/proc/self/exe") }
        var folders: [String] = []
        if let own = ownPath(), let slash = own.lastIndex(of: "/") { folders.append(String(own[..<slash])) }
        if let path = getenv("PATH") {
            // An empty one is the working folder, whose files anybody may have put there.
            folders += String(cString: path).split(separator: ":").map(String.init).filter { $0.first == "/" }
        }
        for folder in folders where access(folder + "/quipu", X_OK) == 0 {
            return ReaderProgram(path: folder + "/quipu")
        }
        throw InterchangeError(
            code: .noReaderProgram, operation: "read", path: "quipu",
            message:
                "files of other programs are read in a process of their own, and no program for it was found",
            hint: "Install quipu beside this program or on PATH, or name it.")
    }

    private static func ownPath() -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
