internal import Quipu

extension AttachmentBackup.Outcome {
    var json: JSONText {
        ["copied": JSONText(copied), "bytes": JSONText(copiedBytes), "lacking": JSONText(lacking)]
    }

    /// - Parameter what: where they were looked for: "in the backup".
    func say(to output: Output, what: String) {
        if copied > 0 {
            output.remark(
                "  with \(counted(copied, "file")) of attachments (\(SizeText.of(bytes: Int(clamping: copiedBytes))))"
            )
        }
        if lacking > 0 {
            output.warn(
                "\(countedAre(lacking, "attachment")) not \(what): the records are, "
                    + "the files are on other mirrors; see: quipu sync --attachments all")
        }
    }
}
