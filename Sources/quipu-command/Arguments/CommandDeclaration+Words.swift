extension CommandDeclaration {
    /// The command in words, for the log that all mirrors get: `tag +river`, `set title`, `import refs.ris`.
    ///
    /// It has no values of records, which a purge would not reach, no folders of this machine, and no options. The records
    /// are told by the log itself.
    func words(path: [String], _ values: [String: [String]]) -> String {
        let isAboutRecords = arguments.contains {
            [.record, .deletedRecord, .recordInConflict].contains($0.takes)
        }
        var words = path
        for argument in arguments {
            for value in values[argument.name] ?? [] {
                switch argument.takes {
                case .signedTag, .tag, .remote, .choice: words.append(value)
                case .file where !isAboutRecords, .folder where !isAboutRecords:
                    let name = value.split(separator: "/").last.map { String($0) } ?? value
                    words.append(name == "-" ? "standard input" : name)
                case .anything, .assignment:
                    // Of an assignment the field.
                    guard let end = value.firstIndex(where: { $0 == "=" || $0 == ":" }) else { continue }
                    words.append(String(value[..<end]))
                case .record, .deletedRecord, .recordInConflict, .collection, .field, .entry, .file, .folder:
                    continue
                }
            }
        }
        return words.joined(separator: " ")
    }
}
