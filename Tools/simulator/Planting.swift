internal import Simulation

/// Plants one mutant in a copy of the source tree.
struct Planting {
    let mutant: String
    let tree: String

    func run() {
        guard let text = TextFile.read(mutant) else { fail("cannot read \(mutant)") }
        do throws(Mutant.Unfit) {
            for replacement in try Mutant(text).replacements {
                let path = "\(tree)/\(replacement.file)"
                guard let source = TextFile.read(path) else { fail("\(mutant): cannot read \(path)") }
                guard TextFile.write(try replacement.applied(to: source), to: path) else {
                    fail("\(mutant): cannot write \(path)")
                }
            }
        } catch {
            fail("\(mutant): \(error)")
        }
    }
}
