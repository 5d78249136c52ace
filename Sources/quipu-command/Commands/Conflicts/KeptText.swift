internal import Glibc
internal import Quipu

/// A text that a person put together and that could not be written to the archive: kept in a file for its owner alone.
enum KeptText {
    /// - Returns: the file.
    static func write(_ text: String, in context: Context) throws(QuipuError) -> String {
        let folder = context.variable("TMPDIR") ?? "/tmp"
        var name = Array("\(folder)/quipu-merge-XXXXXX.md".utf8CString)
        let descriptor = mkstemps(&name, 3)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { close(descriptor) }
        var bytes = Array((text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(folder) }
            bytes = bytes.dropFirst(count)
        }
        return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func failure(_ folder: String) -> QuipuError {
        QuipuError(
            .inputOutput, "a merged text cannot be kept in \(folder): \(String(cString: strerror(errno)))")
    }
}
