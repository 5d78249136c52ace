internal import Glibc
internal import Quipu

extension Context {
    /// How mirrors are reached: with the token and the timeout of the environment, where they are servers, and a sentence
    /// where it is waited.
    func link(isInsecure: Bool = false) -> LinkOptions {
        var link = LinkOptions()
        link.allowsPlainHTTP = isInsecure
        link.completeForServer = { [self] link in
            link.token = try TokenInput.variable(in: self)?.text
            link.timeoutSeconds = try linkTimeoutSeconds()
        }
        link.onWait = { [output] seconds, reason in
            output.warn("\(reason); trying again in \(counted(seconds, "second"))")
        }
        return link
    }

    /// Runs an exchange, and shows how far it is.
    func showingProgress<Result>(_ body: ((SyncProgress) -> Void) throws -> Result) throws -> Result {
        let line = output.progressLine()
        defer { line.clear() }
        return try naming { try body { line.show($0.text, $0.measure) } }
    }

    /// Says of an archive that is gone when it was there.
    func naming<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let gone as RemoteIsGone {
            throw gone.presented(in: output.clock)
        }
    }
}

extension SyncProgress {
    var measure: ProgressMeasure {
        if let file { return .bytes(file.bytes, of: file.totalBytes) }
        return .bytes(UInt64(clamping: completedBytes), of: nil)
    }

    /// `sent 3, received 12 changes`
    var text: String {
        guard let file else { return "sent \(sentChanges), received \(counted(receivedChanges, "change"))" }
        let done = BlobProgressText.of(file.bytes, of: file.totalBytes)
        return "\(file.isSending ? "sent" : "fetched") \(done) of an attachment"
    }
}

extension RemoteIsGone {
    fileprivate func presented(in zone: ClockZone) -> QuipuError {
        let time =
            syncedAtMilliseconds.map {
                ", and this one was in sync with it at \(zone.short(milliseconds: $0))"
            } ?? ""
        return QuipuError(
            .noSuchArchive, "there is no archive at \(location) any more\(time)",
            hint: "nothing was sent; was it renamed, or is another disk in use there? To make it again: "
                + "quipu sync \(remote) --make", origin: .mirror)
    }
}

/// What stands at a path.
enum FileKind {
    static func isFile(_ path: String) -> Bool { LocalMachine.entry(at: path) == .file }

    /// - Throws: `UsageError` for what is no URL and no path here: most likely the name of a server.
    static func requirePlace(_ word: String) throws(UsageError) {
        let isPath =
            word.hasPrefix("/") || word.hasPrefix("./") || word.hasPrefix("../")
            || access(word, F_OK) == 0
        guard !isPath, !Remote.isURL(word) else { return }
        throw UsageError(
            "'\(word)' is no URL, and there is no such folder here",
            hint:
                "a server: https://\(word.isEmpty ? "HOST" : word)/NAME; a folder that is not there yet: ./\(word)"
        )
    }
}
