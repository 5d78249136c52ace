internal import Glibc
internal import Simulation

/// `Tools/simulate` without its set-up: plays random worlds, replays a script, or plants a mutant in a source tree.
@main
struct Simulator {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        switch words.first {
        case "play": Play(words.dropFirst()).run()
        case "replay" where words.count == 2: Replay(path: words[1]).run()
        case "plant" where words.count == 3: Planting(mutant: words[1], tree: words[2]).run()
        default:
            fail(
                "usage: simulator play [--seed S] [--steps N] [--replicas R] [--seconds T] [--shrink-seconds T]"
                    + " | replay FILE | plant MUTANT TREE")
        }
    }
}

func fail(_ message: String) -> Never {
    let line = "simulator: \(message)\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
    exit(2)
}
