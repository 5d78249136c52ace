internal import Glibc
internal import Simulation

/// A script from a file, step by step.
struct Replay {
    let path: String

    func run() {
        guard let text = TextFile.read(path) else { fail("cannot read \(path)") }
        guard let script = Script(text) else { fail("\(path) holds no script") }
        let run = Run(script)
        print("trace \(String(run.trace.hash, radix: 16)), \(run.statistics.description)")
        guard let failure = run.failure else { return print("every promise held") }
        print("FAILED at step \(failure.stepCount): \(failure.violation)")
        exit(1)
    }
}
