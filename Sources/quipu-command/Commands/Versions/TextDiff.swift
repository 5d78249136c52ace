/// What changed between two texts: lines first, and within a changed line words, since a paragraph is often
/// one long line.
struct TextDiff: Equatable, Sendable {
    enum Part: Equatable, Sendable {
        case same(String)
        case removed(String)
        case added(String)

        /// Two lines without a word in common are not one that changed.
        fileprivate var isCommonWord: Bool {
            guard case .same(let text) = self else { return false }
            return text.contains { $0.isLetter || $0.isNumber }
        }
    }

    enum Line: Equatable, Sendable {
        /// Unchanged lines, by their number.
        case same(count: Int)
        case removed(String)
        case added(String)
        /// A line that became another, as its parts.
        case changed([Part])
    }

    let lines: [Line]

    init(from old: String, to new: String) {
        var lines: [Line] = []
        for step in SequenceAlignment.steps(Self.split(old), Self.split(new)) {
            if !step.same.isEmpty { lines.append(.same(count: step.same.count)) }
            let paired = min(step.removed.count, step.added.count)
            for index in 0..<paired {
                let parts = Self.parts(from: step.removed[index], to: step.added[index])
                lines +=
                    parts.contains(where: \.isCommonWord)
                    ? [.changed(parts)] : [.removed(step.removed[index]), .added(step.added[index])]
            }
            lines += step.removed.dropFirst(paired).map { .removed($0) }
            lines += step.added.dropFirst(paired).map { .added($0) }
        }
        self.lines = lines
    }

    /// The words that changed within a line.
    static func parts(from old: String, to new: String) -> [Part] {
        var parts: [Part] = []
        for step in SequenceAlignment.steps(words(old), words(new)) {
            if !step.same.isEmpty { parts.append(.same(step.same.joined())) }
            if !step.removed.isEmpty { parts.append(.removed(step.removed.joined())) }
            if !step.added.isEmpty { parts.append(.added(step.added.joined())) }
        }
        return parts
    }

    private static func split(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Words and what stands between them, so that joined they are the text again.
    static func words(_ text: String) -> [String] {
        var words: [String] = []
        var isInWord = false
        for character in text {
            let isWord = character.isLetter || character.isNumber
            if isWord && isInWord {
                words[words.count - 1].append(character)
            } else {
                words.append(String(character))
            }
            isInWord = isWord
        }
        return words
    }
}
