internal import QuipuCanonicalJSON
internal import QuipuHTTPServer
internal import QuipuHosting

/// Exchanges with mirrors, for the own page.
extension InterfaceRequest {
    func beginSync() throws -> HTTPResponse {
        _ = try parameters()
        let members = try object(members: ["remote"])
        guard let name = members.first?.value.string else { throw Self.unsuitable("'remote' is no name") }
        let remote = try archive.remote(name)
        guard let number = try syncs.begin(with: remote.name, of: archive) else {
            throw Problem(
                status: 409, word: "sync-running", title: "Another exchange is at work",
                hint: "wait until it has ended")
        }
        return try state(of: number, status: 202, headers: [("Location", "\(root)/syncs/\(number)")])
    }

    func showSync(_ text: String) throws -> HTTPResponse {
        let wait = Int(try parameters("wait").integer("wait", in: 0...60) ?? 0)
        guard let number = Int(text), String(number) == text else { throw Self.noSync(text) }
        syncs.wait(for: number, milliseconds: wait * 1_000)
        return try state(of: number)
    }

    private static func noSync(_ text: String) -> Problem {
        Problem(
            status: 404, word: "no-such-sync", title: "There is no exchange '\(text.prefix(32))' here",
            hint: "the last few are kept as long as the server runs")
    }

    private func state(
        of number: Int, status: Int = 200, headers: [(String, String)] = []
    ) throws -> HTTPResponse {
        guard let sync = syncs[number] else { throw Self.noSync(String(number)) }
        var (word, report, problem): (String, JSONText, JSONText) = ("running", nil, nil)
        switch sync.result {
        case nil: break
        case .success(let done): (word, report) = ("done", Self.report(done))
        case .failure(let error):
            word = "failed"
            problem = [
                "type": JSONText("urn:quipu:problem:\(error.code.rawValue)"),
                "title": JSONText(error.message),
                "detail": JSONText(error.hint), "passing": JSONText(error.isPassing),
            ]
        }
        return Self.json(
            [
                "state": JSONText(word), "remote": JSONText(sync.remote),
                "progress": sync.progress.map(Self.progress) ?? nil, "report": report, "problem": problem,
            ], status: status, headers: headers)
    }

    private static func progress(_ progress: SyncProgress) -> JSONText {
        [
            "sentChanges": JSONText(progress.sentChanges),
            "receivedChanges": JSONText(progress.receivedChanges),
            "completedBytes": JSONText(progress.completedBytes),
            "file": progress.file.map { file -> JSONText in
                [
                    "sending": JSONText(file.isSending), "bytes": JSONText(file.bytes),
                    "totalBytes": JSONText(ifAny: file.totalBytes),
                ]
            } ?? nil,
        ]
    }

    private static func report(_ report: SyncReport) -> JSONText {
        [
            "inSync": JSONText(report.isInSync), "sentChanges": JSONText(report.sentChanges),
            "receivedChanges": JSONText(report.receivedChanges), "sentBytes": JSONText(report.sentBytes),
            "receivedBytes": JSONText(report.receivedBytes), "mergedTexts": JSONText(report.mergedTexts),
            "conflicts": JSONText(report.openConflicts), "missingTexts": JSONText(report.missingTexts),
            "unsentChanges": JSONText(report.unsentChanges), "digest": JSONText(report.digest),
            "refusals": JSONText(report.refusals),
        ]
    }
}
