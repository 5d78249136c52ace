internal import Quipu

extension FileReport {
    var json: JSONText {
        [
            "sent": JSONText(sent), "received": JSONText(received),
            "bytesSent": JSONText(sentBytes), "bytesReceived": JSONText(receivedBytes),
            "lackingThere": JSONText(lackingThere), "lackingHere": JSONText(lackingHere),
            "notAskedFor": JSONText(notAskedFor), "refusals": JSONText(refusals),
            "stopped": JSONText(stop?.code.rawValue),
        ]
    }

    /// What became of the files, and what did not yet.
    func say(to output: Output, title: String) {
        if sent + received > 0 {
            let bytes = (
                SizeText.of(bytes: Int(clamping: sentBytes)),
                SizeText.of(bytes: Int(clamping: receivedBytes))
            )
            output.remark(
                "sent \(counted(sent, "attachment")), received \(received) (\(bytes.0) out, \(bytes.1) in)")
        }
        for refusal in refusals { output.warn(refusal) }
        if let stop {
            let hint = ErrorHints.text(for: stop)
            output.warn(hint.map { "\(stop.message) (\($0))" } ?? stop.message)
        }
        if lackingThere > 0 {
            output.warn("\(isAre(lackingThere)) not on \(title) yet; the next sync continues with it")
        }
        if lackingHere > 0 {
            output.warn(
                stop == nil && refusals.isEmpty
                    ? "\(isAre(lackingHere)) not on \(title) either, and not here yet"
                    : "\(isAre(lackingHere)) not here yet; the next sync continues with it")
        }
        if notAskedFor > 0 {
            output.advise(
                "\(isAre(notAskedFor)) not here; get one with: quipu save ID FILE; all with: quipu sync "
                    + "--attachments all")
        }
    }

    private func isAre(_ count: Int) -> String { countedAre(count, "attachment") }
}
