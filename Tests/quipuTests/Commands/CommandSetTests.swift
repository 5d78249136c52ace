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

    @Test func `every help text fits 80 columns and fills its lines`() throws {
        let set = CommandSet.quipu
        let groups = set.entries.compactMap { entry in
            if case .group(let name, _, _) = entry { name } else { nil }
        }
        let paths = [[]] + set.leaves.map(\.path) + groups.map { [$0] } + set.topics.map { [$0.name] }
        for path in paths {
            guard case .help(let text) = try set.parse(["help"] + path, width: 80) else { throw NotRun() }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.filter { $0.count > 80 } == [], "help \(path.joined(separator: " "))")
            // In a paragraph the first word of the next line would not have fitted.
            for (line, next) in zip(lines, lines.dropFirst())
            where !line.isEmpty && !next.isEmpty && !line.hasPrefix(" ") && !next.hasPrefix(" ")
                && !line.hasSuffix(":")
            {
                let word = next.prefix { $0 != " " }
                #expect(line.count + 1 + word.count > 80, "help \(path.joined(separator: " ")): \(line)")
            }
        }
    }

    @Test func `no two commands share a name or a synonym`() {
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
