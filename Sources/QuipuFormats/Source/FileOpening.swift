internal import Glibc
internal import QuipuFiles

/// Opening what a user named, and what a walk through a folder found.
enum FileOpening {
    static func open(path: String) throws(InterchangeError) -> Int32 {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw failure("open", path, errno) }
        if FileFacts(descriptor)?.isFolder == true {
            close(descriptor)
            throw failure("open", path, EISDIR)
        }
        return descriptor
    }

    /// A regular file inside a folder: no symbolic link, pipe or device.
    static func openRegular(path: String) -> Result<Int32, Rejection> {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return .failure(Rejection("cannot be read: \(words(errno))")) }
        guard FileFacts(descriptor)?.isRegular == true else {
            close(descriptor)
            return .failure(Rejection("is no regular file"))
        }
        return .success(descriptor)
    }

    static func isFolder(_ path: String) -> Bool {
        FileFacts(path)?.isFolder == true
    }

    static func failure(_ operation: String, _ path: String, _ number: Int32) -> InterchangeError {
        let code: InterchangeError.Code
        let hint: String
        var remedy: InterchangeError.Remedy?
        switch number {
        case ENOENT, ENOTDIR:
            code = .noSuchFile
            hint = "Check the path."
        case EISDIR:
            code = .unreadable
            hint = "Name the files in it, or leave out the format."
            remedy = .init(.importFolderAsMarkdown)
        case EACCES, EPERM:
            code = .unreadable
            hint = "Check who may read it."
        default:
            code = .unreadable
            hint = "Try again; if it fails again, check the disk or medium."
        }
        return InterchangeError(
            code: code, operation: operation, path: path, message: words(number), hint: hint,
            remedy: remedy)
    }

    static func words(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
