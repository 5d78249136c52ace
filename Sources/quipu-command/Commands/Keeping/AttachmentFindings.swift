internal import Quipu

extension DamagedFile {
    /// What is wrong with it, in a sentence.
    var problem: String {
        let name = attachment.map { RecordText.title($0) } ?? "no attachment"
        return
            "the file of \(name) is not what its hash says; it is kept aside in \(folder), and comes anew with: "
            + "quipu doctor --repair --from REMOTE"
    }
}
