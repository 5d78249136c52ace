/// The exit codes of the process; scripts rely on these.
enum ExitCode: Int32, Sendable {
    case done = 0
    case failed = 1
    /// The command line cannot be obeyed.
    case usage = 2
    /// Done, and conflicts are open: `sync`, `conflicts`.
    case conflictsOpen = 3
    /// Nothing is lost; try later.
    case remoteUnreachable = 4
    case damageFound = 5
}
