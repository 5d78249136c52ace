internal import Quipu

extension DamagedFile {
    /// What is wrong with it, in a sentence.
    var problem: String {
        let name = attachment.map { RecordText.title($0) } ?? "no attachment"
        return
            "the file of \(name) does not match its hash; it was moved to \(folder); fetch it again with: "
            + "quipu doctor --repair --from REMOTE"
    }
}
