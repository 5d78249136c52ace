internal import QuipuFiles
internal import QuipuStorage
internal import QuipuThreads

/// Answers of this machine about paths and time, in one place for the library and the command.
package enum LocalMachine {
    package enum Entry: Sendable {
        case file, folder, other
    }

    /// What is at a path, links followed; nil where there is nothing or it may not be looked at.
    package static func entry(at path: String) -> Entry? {
        FileFacts(path).map { $0.isFolder ? .folder : $0.isRegular ? .file : .other }
    }

    /// Milliseconds of a clock that no user or time server sets.
    package static func monotonicMilliseconds() -> Int64 { Int64(MonotonicClock.milliseconds()) }
}
