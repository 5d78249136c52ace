internal import Glibc

/// What the command's three standard streams are connected to, found out once at the start.
struct Terminal: Equatable, Sendable {
    /// Whether a person may be typing: questions are asked only then.
    var inputIsTerminal: Bool
    var outputIsTerminal: Bool
    var errorIsTerminal: Bool
    /// Whether colours are unwelcome even on a terminal.
    var isPlain: Bool
    /// Columns; 80 when nothing knows better.
    var width: Int
    /// Lines; 24 when nothing knows better.
    var rows = 24
    /// What the person wants of colours.
    var color = ColorChoice.auto

    /// The streams of this process. `NO_COLOR` with any value (no-color.org) and `TERM=dumb` make it plain.
    static func ofThisProcess() -> Terminal {
        Terminal(
            inputIsTerminal: isatty(STDIN_FILENO) == 1,
            outputIsTerminal: isatty(STDOUT_FILENO) == 1,
            errorIsTerminal: isatty(STDERR_FILENO) == 1,
            isPlain: environment("NO_COLOR") != nil || environment("TERM") == "dumb",
            width: currentWidth(), rows: currentRows())
    }

    /// Columns of the window right now: of the first stream that has one, else by `COLUMNS`, else 80.
    static func currentWidth() -> Int {
        for stream in [STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO] {
            var size = winsize()
            if ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
                return clamped(Int(size.ws_col))
            }
        }
        return environment("COLUMNS").flatMap { Int($0) }.map(clamped) ?? 80
    }

    /// Lines of the window on standard output.
    private static func currentRows() -> Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 { return Int(size.ws_row) }
        return environment("LINES").flatMap { Int($0) }.map { min(max($0, 2), 1_000) } ?? 24
    }

    /// How to mark up what goes to standard output.
    var outputStyling: Styling { styling(outputIsTerminal) }

    /// How to mark up what goes to standard error.
    var errorStyling: Styling { styling(errorIsTerminal) }

    private func styling(_ isTerminal: Bool) -> Styling {
        switch color {
        case .auto: Styling(isOn: isTerminal && !isPlain)
        case .always: Styling(isOn: true)
        case .never: Styling(isOn: false)
        }
    }

    /// The width to cut lines of standard output to; `nil` for a file or a pipe, which get them whole.
    var outputWidth: Int? { outputIsTerminal ? width : nil }

    /// A window may claim any size; narrower than 20 nothing can be shown, and wider than this nobody reads.
    private static func clamped(_ columns: Int) -> Int { min(max(columns, 20), 1_000) }

    /// `nil` when unset or empty.
    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
