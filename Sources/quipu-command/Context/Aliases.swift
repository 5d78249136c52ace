/// Words that stand for a command with its first words.
enum Aliases {
    /// The words with the alias in the place of a command replaced, once.
    ///
    /// - Returns: nil where there is none.
    static func expanded<Runnable>(
        _ words: [String], in set: CommandSet<Runnable>, settings: SettingsFile
    ) throws(UsageError) -> [String]? {
        guard let place = commandPlace(in: words) else { return nil }
        let name = words[place]
        let isCommand =
            name == "help" || set.entries.contains { $0.name == name }
            || set.hidden.contains { $0.declaration.name == name }
        guard !isCommand, let written = settings.value(of: SettingKey.aliasPrefix + name),
            let replacement = CommandWords.split(written)
        else { return nil }
        return words[..<place] + replacement + words[(place + 1)...]
    }

    /// For the help on an alias: what it stands for; nil for what is none.
    static func meaning<Runnable>(
        askedFor words: [String], in set: CommandSet<Runnable>, settings: SettingsFile
    ) -> (text: String, command: [String])? {
        guard words.first == "help", words.count == 2,
            !set.entries.contains(where: { $0.name == words[1] }),
            !set.topics.contains(where: { $0.name == words[1] }),
            let written = settings.value(of: SettingKey.aliasPrefix + words[1]),
            let first = CommandWords.split(written)?.first
        else { return nil }
        return ("'\(words[1])' stands for: \(TerminalSanitizer.line(written))", ["help", first])
    }

    /// Where the first word is that is no option and no option's value.
    private static func commandPlace(in words: [String]) -> Int? {
        var index = 0
        while index < words.count, words[index].hasPrefix("-"), words[index] != "-", words[index] != "--" {
            let option = GlobalOptions.declarations.first { "--\($0.name)" == words[index] }
            index += option?.value == nil ? 1 : 2
        }
        return index < words.count && !words[index].hasPrefix("-") ? index : nil
    }
}
