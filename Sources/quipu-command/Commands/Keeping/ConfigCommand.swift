internal import Quipu

struct ConfigCommand: Command {
    static let declaration = CommandDeclaration(
        "config", abstract: "show or change settings",
        arguments: [
            .optional(
                "KEY", "author, pager, editor, color, time, alias.NAME or clock",
                takes: .choice(SettingKey.names + ["clock"])),
            .optional("VALUE", "what to set it to; without it, it is shown"),
        ],
        options: [
            .flag("unset", "take the setting back"),
            .flag("list", "show all that is set, and where"),
            .flag("local", "set it for this archive on this machine only"),
            .flag("edit", "open the file in an editor"),
        ],
        example: "quipu config author 'Ana Ruiz'",
        discussion: """
              author: who makes your edits, after --as and QUIPU_AUTHOR
              pager: what shows long output, before QUIPU_PAGER and PAGER; or cat
              editor: what --edit opens, before VISUAL and EDITOR
              color: auto, always or never
              time: local or utc
              alias.NAME: a command with its first words
              clock: trusted or measured: is this machine's clock right?

            After quipu config alias.recent 'log --limit 10', 'quipu recent' runs that. An alias cannot have the name of a \
            command, and no shell is run.

            Settings are kept in $XDG_CONFIG_HOME/quipu/config, else ~/.config/quipu/config. With --local or --archive PATH, author, \
            color and time are set for one archive, in a file in its .quipu folder that never syncs; they go before those for all.

            A clock that the system synchronises with a time server is assumed to be right, and so is a trusted one: it is \
            never corrected, and mirrors whose clocks are far off correct theirs by it when they sync with this one. A measured \
            clock that differs by more than a day from one that is right is corrected by the difference, with the times of \
            edits made since this machine was started. Trust only a clock that you have checked.
            """)

    private enum Action {
        case list, edit
        case show(SettingKey)
        case set(SettingKey, String)
        case unset(SettingKey)
        /// Of a word that is no setting, but may stand in the file.
        case drop(String)
        case clock(isTrusted: Bool?)
    }

    private let action: Action
    private let isLocal: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        try values.requireAtMostOne(of: ["list", "edit", "unset"])
        isLocal = values.flag("local")
        let value = values.optionalArgument("VALUE")
        guard let word = values.optionalArgument("KEY") else {
            if values.flag("unset") {
                throw UsageError("--unset needs the setting's KEY", hint: "quipu config --unset author")
            }
            action = values.flag("edit") ? .edit : .list
            return
        }
        try values.requireNone(of: ["list", "edit"], forKey: word)
        if values.flag("unset"), value != nil {
            throw UsageError("--unset takes no VALUE", hint: "quipu config --unset \(word)")
        }
        if word == "clock" {
            action = .clock(isTrusted: values.flag("unset") ? false : try Self.isTrusted(value))
            return
        }
        if values.flag("unset"), (try? SettingKey(word)) == nil {
            action = .drop(word)
            return
        }
        let key = try SettingKey(word)
        if let value {
            action = .set(key, try key.checked(value))
        } else {
            action = values.flag("unset") ? .unset(key) : .show(key)
        }
    }

    private static func isTrusted(_ word: String?) throws(UsageError) -> Bool? {
        switch word {
        case nil: return nil
        case "trusted": return true
        case "measured": return false
        case let word?:
            throw UsageError(
                "a clock is trusted or measured, not '\(word)'", hint: "quipu config clock trusted")
        }
    }

    var leavesSomethingDone: Bool {
        switch action {
        case .list, .show: false
        case .edit, .set, .unset, .drop, .clock: true
        }
    }

    func run(in context: Context) throws -> ExitCode {
        switch action {
        case .clock(let isTrusted): try ClockSetting.run(isTrusted, in: context)
        case .list: list(try settings(in: context), context.output)
        case .show(let key): try show(key, in: try settings(in: context), context.output)
        case .set(let key, let value): try change(key, to: value, in: context)
        case .unset(let key): try change(key, to: nil, in: context)
        case .drop(let word):
            let file = try SettingsFile(reading: file(in: context, for: nil).path, keepsMistakes: true)
            if file.value(of: word) == nil { _ = try SettingKey(word) }
            try change(word, to: nil, in: file, context)
        case .edit:
            let file = try file(in: context, for: nil)
            try SettingsFile.makeFolder(of: file.path)
            try Editor(in: context).open(file.path, remains: "the settings are as it left them: \(file.path)")
            // What was written must be understood.
            _ = try SettingsFile(reading: file.path)
        }
        return .done
    }

    /// Read here again: what cannot be understood of them must not stop the rest of this command.
    private func settings(in context: Context) throws -> Settings {
        let place = try? context.archivePlace()
        if isLocal || context.options.archive != nil { _ = try context.archivePlace() }
        return Settings(
            own: try Settings.ownPath(variable: context.variable).map {
                (path) throws(UsageError) in try SettingsFile(reading: path)
            },
            archive: try place.map { (place) throws(UsageError) in
                try SettingsFile(reading: place.settingsPath)
            })
    }

    private func list(_ settings: Settings, _ output: Output) {
        var table = TextTable([
            .init(title: "KEY", styles: [.cyan]), .init(title: "VALUE", canShrink: true),
            .init(title: "FROM", canShrink: true),
        ])
        let all = settings.all.filter { !isLocal || $0.path == settings.archive?.path }
        for setting in all {
            output.json([
                "key": JSONText(setting.key), "value": JSONText(setting.value),
                "from": JSONText(setting.path),
            ])
            table.add([.init(setting.key), .init(setting.value), .init(setting.path)])
        }
        if all.isEmpty {
            output.remark("nothing is set; see: quipu help config")
        } else if !output.isJSON {
            output.table(table)
        }
    }

    private func show(_ key: SettingKey, in settings: Settings, _ output: Output) throws {
        let all = settings.all.filter { !isLocal || $0.path == settings.archive?.path }
        guard let setting = all.first(where: { $0.key == key.text }) else {
            throw QuipuError(
                .init(rawValue: "not-set"), "'\(key.text)' is not set",
                hint: "set it: quipu config \(key.text) VALUE")
        }
        output.json([
            "key": JSONText(setting.key), "value": JSONText(setting.value), "from": JSONText(setting.path),
        ])
        output.line(TerminalSanitizer.line(setting.value))
    }

    private func change(_ key: SettingKey, to value: String?, in context: Context) throws {
        try change(key.text, to: value, in: file(in: context, for: key), context)
    }

    private func change(
        _ key: String, to value: String?, in present: SettingsFile, _ context: Context
    ) throws {
        var file = present
        let before = file.value(of: key)
        file.set(key, to: value)
        if before != value { try file.write() }
        do throws(UsageError) {
            _ = try SettingsFile(reading: file.path)
        } catch {
            context.output.warn("\(error.message); until that line is corrected, other commands stop at it")
        }
        context.output.json([
            "key": JSONText(key), "value": JSONText(value), "from": JSONText(file.path),
        ])
        let (path, name) = (TerminalSanitizer.line(file.path), TerminalSanitizer.line(key))
        context.output.remark(
            value.map {
                $0.isEmpty
                    ? "\(name) is now empty, in \(path)"
                        + (key == SettingKey.pager.text ? ": long output is printed without one" : "")
                    : "\(name) is now \(TerminalSanitizer.line($0)), in \(path)"
            }
                ?? (before == nil
                    ? "\(name) was not set in \(path)" : "\(name) is no longer set in \(path)"))
    }

    /// The file that is changed.
    private func file(in context: Context, for key: SettingKey?) throws -> SettingsFile {
        if isLocal || context.options.archive != nil {
            if let key, key.isOfUserOnly {
                throw UsageError(
                    "'\(key.text)' runs programs and cannot be set for one archive, whose folder may come from elsewhere",
                    hint: "set it for yourself: quipu config \(key.text) VALUE")
            }
            let path = try context.archivePlace().settingsPath
            return key == nil
                ? SettingsFile(path: path) : try SettingsFile(reading: path, keepsMistakes: true)
        }
        guard let path = Settings.ownPath(variable: context.variable) else {
            throw UsageError(
                "there is no place for settings: neither XDG_CONFIG_HOME nor HOME is set",
                hint: "set HOME, or keep it for one archive with --local")
        }
        return key == nil ? SettingsFile(path: path) : try SettingsFile(reading: path, keepsMistakes: true)
    }
}

extension ParsedArguments {
    fileprivate func requireNone(of flags: [String], forKey key: String) throws(UsageError) {
        guard let given = flags.first(where: flag) else { return }
        throw UsageError("--\(given) takes no KEY", hint: "quipu config --\(given); or: quipu config \(key)")
    }
}
