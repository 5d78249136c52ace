internal import QuipuFiles
internal import QuipuStorage

/// An output file: it appears complete or not at all, and keeps the permissions of the one it replaces; a
/// pipe or device is written to.
package final class OutputPath {
    private let file: OutputFile

    /// - Throws: `diskFull`, `readOnly`, `fileExists` for a folder.
    package init(_ path: String) throws(QuipuError) {
        file = try QuipuError.presenting { try OutputFile(path: path) }
    }

    package func write(_ bytes: [UInt8]) throws(QuipuError) {
        try QuipuError.presenting { try file.write(bytes) }
    }

    /// The file has its name when this returns.
    package func finish() throws(QuipuError) { try QuipuError.presenting { try file.finish() } }

    /// Whether a file with something in it has the name, which an export of nothing must not replace.
    package static func isFile(withContent path: String) -> Bool {
        FileFacts(path).map { $0.isRegular && $0.sizeBytes > 0 } ?? false
    }

    /// Whether it is this process's standard output.
    package static func isStandardOutput(_ path: String) -> Bool { OutputFile.isStandardOutput(path) }

    /// Whether it is a pipe, a device or the like, which is written directly.
    package static func isSpecial(_ path: String) -> Bool { OutputFile.isSpecial(path) }
}
