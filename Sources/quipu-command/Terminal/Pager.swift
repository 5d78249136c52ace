internal import Glibc

/// Which program shows what is longer than the screen, and how large the screen is.
struct PagerPlan: Sendable {
    /// A command line, as in `$PAGER`.
    let command: String
    /// Somebody chose it, so that it is said when it cannot be run.
    let isChosen: Bool
    let columns: Int
    let rows: Int
    /// Messages that must wait until the pager has ended go here.
    let errors: OutputWriter

    static let standardCommand = "less"

    /// The first that is set says it. Empty, or `cat`, means that nothing is paged.
    static func command(configured: String?, variable: (String) -> String?) -> (text: String, isChosen: Bool)?
    {
        let chosen = configured ?? variable("QUIPU_PAGER") ?? variable("PAGER")
        guard let chosen else { return (standardCommand, false) }
        return chosen.isEmpty || chosen == "cat" ? nil : (chosen, true)
    }
}

/// A pager that is running.
struct Pager: Sendable {
    private let processID: pid_t
    /// Where it reads.
    let descriptor: Int32

    /// Starts it at the end of a new pipe.
    ///
    /// A command line of plain words is run directly, any other by the shell. As git does it, `less` is told to end at
    /// once where all fits on the screen, to keep colours, and to leave the text on the screen (`LESS=FRX`), unless
    /// the person has set `LESS`; it is told as well that the text is UTF-8.
    ///
    /// - Throws: `OutputError` where there is no such program.
    init(_ command: String) throws(OutputError) {
        let words = Self.words(of: command)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw OutputError(number: errno) }
        defer { close(ends[0]) }
        // The pager must not hold the end that it waits for.
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        if ends[0] != STDIN_FILENO { posix_spawn_file_actions_addclose(&actions, ends[0]) }
        var attributes = ChildProcess.attributes()
        defer { posix_spawnattr_destroy(&attributes) }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = Self.environment.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var process = pid_t()
        let status = posix_spawnp(&process, words[0], &actions, &attributes, &arguments, &variables)
        guard status == 0 else {
            close(ends[1])
            throw OutputError(number: status)
        }
        (processID, descriptor) = (process, ends[1])
        // Ctrl-C is the pager's, to which it belongs as long as it has the screen.
        signal(SIGINT, SIG_IGN)
    }

    /// Waits until the person has seen enough.
    /// - Returns: false where the shell found no such program.
    func finish() -> Bool {
        close(descriptor)
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        signal(SIGINT, SIG_DFL)
        let code = status & 0x7f == 0 ? status >> 8 & 0xff : 0
        // POSIX: 126 for what cannot be executed, 127 for what is not found.
        return code != 126 && code != 127
    }

    private static let shellCharacters = "|&;<>()$`*?[]#~=%!{}\n"

    private static func words(of command: String) -> [String] {
        guard !command.contains(where: { shellCharacters.contains($0) }),
            let words = CommandWords.split(command), !words.isEmpty
        else { return ["sh", "-c", command] }
        return words
    }

    /// Of this process, with what less and lv need.
    private static var environment: [String] {
        var all = ChildProcess.variables
        for (name, value) in [("LESS", "FRX"), ("LESSCHARSET", "utf-8"), ("LV", "-c")]
        where !all.contains(where: { $0.hasPrefix(name + "=") }) { all.append("\(name)=\(value)") }
        return all
    }
}

/// How much of a screen a text fills.
struct ScreenFill: Sendable {
    let columns: Int
    let rows: Int
    private var row = 0
    private var column = 0
    private var isInEscape = false

    init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }

    /// One row stays free for the shell's prompt.
    var isOver: Bool { row >= rows - 1 && (row > rows - 1 || column > 0) }

    mutating func add(_ text: String) {
        for character in text {
            if isInEscape {
                isInEscape = character == "[" || !character.isLetter
            } else if character == "\u{1B}" {
                isInEscape = true
            } else if character == "\n" || character == "\r\n" {
                (row, column) = (row + 1, 0)
            } else {
                let width = DisplayWidth.of(character)
                if column + width > columns { (row, column) = (row + 1, 0) }
                column += width
            }
            if isOver { return }
        }
    }
}
