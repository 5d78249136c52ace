import Testing

@testable import quipu

struct QuipuCommandSetTests {
    @Test func `every example is a command line of its own command`() throws {
        for (path, leaf) in CommandSet.quipu.leaves {
            let example = leaf.declaration.example
            guard example.hasPrefix("quipu " + path.joined(separator: " ")) else {
                Issue.record("the example of \(path) is \(example)")
                continue
            }
            let words = shellWords(example).dropFirst()
            guard case .run = try CommandSet.quipu.parse(Array(words)) else {
                Issue.record("\(example) runs nothing")
                continue
            }
        }
    }

    @Test func `help fits the window, command by command`() throws {
        for (path, _) in CommandSet.quipu.leaves {
            guard case .help(let text) = try CommandSet.quipu.parse(["help"] + path, width: 80) else {
                throw NotRun()
            }
            let wide = text.split(separator: "\n").filter { $0.count > 80 && !$0.hasPrefix("  quipu") }
            #expect(wide.isEmpty)
        }
    }

    @Test func `no two commands share a synonym`() {
        let names = CommandSet.quipu.entries.flatMap { entry -> [String] in
            guard case .command(let leaf) = entry else { return [entry.name] }
            return [leaf.declaration.name] + leaf.declaration.synonyms
        }
        #expect(Set(names).count == names.count)
    }

    /// Words as a shell splits them, single quotes only.
    private func shellWords(_ line: String) -> [String] {
        var words: [String] = [""]
        var isQuoted = false
        for character in line {
            if character == "'" {
                isQuoted.toggle()
            } else if character == " " && !isQuoted {
                words.append("")
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words.filter { !$0.isEmpty }
    }
}
