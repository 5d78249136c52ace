internal import Glibc

/// Asks for a secret on the terminal without showing it. Keys are read one by one: the terminal's own line editing
/// would go on without echo where Ctrl-C ends the program in between.
enum SecretPrompt {
    /// Longer ones are no secrets of ours.
    private static let maximumBytes = 4_096

    /// - Returns: the line; nil at the end of input, and where the person gives up (Ctrl-C, Ctrl-D).
    static func read() -> String? {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        var quiet = before
        quiet.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet)
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
        var line: [UInt8] = []
        while line.count < maximumBytes {
            var key: UInt8 = 0
            guard Glibc.read(STDIN_FILENO, &key, 1) == 1 else { return nil }
            switch key {
            case 3, 4: return nil
            case 10, 13: return String(decoding: line, as: UTF8.self)
            case 8, 127: _ = line.popLast()
            default: line.append(key)
            }
        }
        return nil
    }
}
