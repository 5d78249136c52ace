internal import Quipu

/// Asks a person at a terminal how to settle a conflict.
struct ConflictPrompt {
    enum Answer: Equatable {
        case take(TypedResolution)
        /// Another value, which is asked for next.
        case edit
        case skip
        case quit
    }

    let context: Context
    let settling: Settling
    let conflict: Conflict
    let merge: MergeProposal

    /// - Returns: whether to go on to the next conflict.
    func run() throws -> Bool {
        let output = context.output
        ConflictText(record: settling.record, conflict: conflict, merge: merge)
            .print(to: output, columns: max(20, output.terminal.width - 14))
        while true {
            output.standard.write("\(choices)? ")
            output.standard.flush()
            guard let typed = context.readLine() else {
                output.line()
                return false
            }
            guard let answer = answer(typed) else { continue }
            do {
                switch answer {
                case .quit: return false
                case .skip: return true
                case .take(let resolution): try settling.settle(conflict, by: resolution)
                case .edit:
                    output.standard.write("new value: ")
                    output.standard.flush()
                    guard let value = context.readLine() else { return false }
                    try settling.settle(conflict, by: .value(value))
                }
                return true
            } catch let error as UsageError {
                _ = output.report(error)
            } catch let error as QuipuError where error.code == .wrongType || error.code == .textMissing {
                _ = output.report(error)
            }
        }
    }

    private var choices: String {
        var words =
            (merge.text == nil ? [] : ["merged"]) + ["current"] + conflict.others.indices.map { "\($0 + 1)" }
        if conflict.isJoinable { words.append("both") }
        if !conflict.isDeletion { words.append("edit") }
        return (words + ["skip", "quit"]).joined(separator: ", ")
    }

    /// What was typed, by its first letters; nil when it is none of the choices.
    private func answer(_ typed: String) -> Answer? {
        let word = typed.filter { !$0.isWhitespace }.lowercased()
        guard !word.isEmpty else { return nil }
        if let number = Int(word) {
            return conflict.others.indices.contains(number - 1) ? .take(.other(number)) : nil
        }
        if "merged".hasPrefix(word), merge.text != nil { return .take(.merged) }
        if "current".hasPrefix(word) { return .take(.current) }
        if "skip".hasPrefix(word) { return .skip }
        if "quit".hasPrefix(word) { return .quit }
        if "both".hasPrefix(word), conflict.isJoinable { return .take(.both) }
        if "edit".hasPrefix(word), !conflict.isDeletion { return .edit }
        return nil
    }
}
