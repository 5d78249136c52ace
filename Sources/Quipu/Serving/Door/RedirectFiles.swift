internal import Glibc
internal import Synchronization

/// Files that lead a browser to the page. An address on a command line could be read by all users of the machine, and it has a
/// code in it; so the browser is given a file that only its user can read. Its folder is a visible one, since browsers
/// from a store may not read hidden ones.
final class RedirectFiles: Sendable {
    private let folder: String
    private let state = Mutex<[String: Int64]>([:])

    /// - Parameter folder: made if it does not exist, readable by this user alone.
    /// - Throws: `inputOutput` if the folder cannot be made or is another user's.
    init(in folder: String) throws(QuipuError) {
        self.folder = folder
        mkdir(folder, 0o700)
        var facts = stat()
        guard lstat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR, facts.st_uid == geteuid(),
            facts.st_mode & 0o077 == 0
        else {
            throw QuipuError(
                .inputOutput, "\(folder) is no folder that only you can read",
                hint: "remove it, or make it private: chmod 700 \(folder)")
        }
    }

    /// - Parameters:
    ///   - address: where the file leads.
    ///   - expiry: when it is of no use any more, on the caller's clock.
    /// - Returns: the path.
    func make(to address: String, expiry: Int64) throws(QuipuError) -> String {
        var path = Array("\(folder)/quipu-XXXXXX.html".utf8CString)
        let descriptor = mkstemps(&path, 5)
        guard descriptor >= 0 else {
            throw QuipuError(
                .inputOutput, "no file can be made in \(folder): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let escaped = address.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
            .replacing("<", with: "&lt;")
        let text = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">
            <title>Quipu</title><meta http-equiv="refresh" content="0;url=\(escaped)"></head>
            <body><p><a href="\(escaped)">Open the archive</a></p></body></html>

            """
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            unlink(name)
            throw QuipuError(.diskFull, "no file can be written in \(folder)")
        }
        state.withLock { $0[name] = expiry }
        return name
    }

    /// Removes those that are of no use any more.
    ///
    /// - Parameter now: nil for all.
    func clear(at now: Int64? = nil) {
        let old = state.withLock { files in
            let old = files.filter { $0.value <= now ?? .max }.map(\.key)
            for name in old { files[name] = nil }
            return old
        }
        for name in old { unlink(name) }
        // Stays if there are others.
        if state.withLock(\.isEmpty) { rmdir(folder) }
    }

    deinit { clear() }
}
