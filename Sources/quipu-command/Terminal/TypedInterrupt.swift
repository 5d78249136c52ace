internal import Glibc

/// Ctrl-C leaves its `^C` on the line of a terminal; what is said next, here or by the shell, begins a line.
enum TypedInterrupt {
    static func endLine(after signal: Int32) {
        guard signal == SIGINT, isatty(STDERR_FILENO) == 1 else { return }
        var byte = UInt8(ascii: "\n")
        _ = write(STDERR_FILENO, &byte, 1)
    }
}
