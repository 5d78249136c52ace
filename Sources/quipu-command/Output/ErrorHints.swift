internal import Quipu

/// What to do after an error, in the words of this program: the library says what would help and what it is about, and
/// here stands which command does it.
enum ErrorHints {
    /// Nil where nobody knows.
    static func text(for error: QuipuError) -> String? {
        guard let remedy = error.remedy else { return error.hint }
        if let words = words[remedy.word] { return words(remedy.subject) }
        return value.words(for: remedy) ?? error.hint
    }

    /// As values are written on the command line.
    private static var value: ValueHint {
        @Sendable func quoted(_ word: String) -> String {
            word.allSatisfy { $0.isLetter || $0.isNumber || "=:/.-_?%+~@,…".contains($0) }
                ? word : "'\(word)'"
        }
        return ValueHint(
            text: { quoted("\($0)=\($1)") }, json: { quoted("\($0):=\($1)") },
            removal: { "to remove its value write: \($0):=null" })
    }

    /// By the library's word for it; each is given what it is about.
    static let words: [String: @Sendable (_ subject: String) -> String] = [
        "createArchive": { "make one with: quipu init \($0)" },
        "notCreatedAsArchive": { _ in "an archive is a folder made by: quipu init" },
        "openAtHome": { _ in "open it once on a machine that can write it: quipu status" },
        "syncExisting": {
            "bring it up to date: quipu sync --archive \($0); or choose another folder"
        },
        "serveFromHere": { _ in
            "keep it on a local disk; other machines reach it through: quipu serve"
        },
        "examine": { _ in "see what else is damaged, and what can be done, with: quipu doctor" },
        "examineThere": { "nothing was taken from it; examine it with: quipu doctor --archive \($0)" },
        "repairFromMirror": { _ in
            "a mirror may have the value: quipu doctor --repair --from REMOTE. Else keep a copy of the folder and "
                + "clone a mirror; what only this copy has: quipu export -o saved.jsonl here, then quipu import "
                + "saved.jsonl in the clone"
        },
        "replaceBackup": { "choose another name, or replace it: quipu backup --force \($0)" },

        "findRecord": { _ in "list shows handles: quipu list; search finds by words: quipu search WORD" },
        "listRecords": { _ in "list shows ids and handles: quipu list" },
        "listDeleted": { _ in "there is nothing to restore; list deleted records: quipu list --deleted" },
        "listVersions": { "history lists a record's versions: quipu history \($0)" },
        "deleteFirst": { "delete it first: quipu delete \($0)" },
        "restoreFirst": { "bring it back first: quipu restore \($0)" },
        "lookAndDeleteAgain": {
            "look at it first: quipu conflicts; then delete it again: quipu delete \($0)"
        },
        "deleteOrRestore": { _ in "use: quipu delete ID; or: quipu restore ID" },
        "addAgain": { "it cannot be restored; add it again: quipu add \($0) …" },
        "attach": { _ in "Keep it with its record: quipu attach ID FILE." },
        "attachOrTakeText": { _ in
            "Install pdftotext (poppler-utils); to keep the file: quipu attach ID FILE."
        },
        "attachToTarget": { "attach the file to what it belongs to: quipu show \($0)" },
        "show": { "see what is known about it: quipu show \($0)" },
        "keepElsewhere": { _ in "split it, or keep it elsewhere and note where: quipu add note …" },

        "verify": { _ in "Run `quipu verify` to find out what is damaged." },
        "exportLines": { _ in "Export with --format jsonl." },
        "importFolderAsMarkdown": { _ in
            "Name the files, or drop --format."
        },
        "importAsText": { "\($0) Or take it as plain text: --format text." },

        "addRemote": { "add one: quipu remote add \($0) URL-OR-PATH" },
        "removeRemote": { "remove it first: quipu remote remove \($0)" },
        "moveRemote": {
            "nothing was sent there; if that is where it should be: quipu remote remove NAME, then "
                + "quipu remote add NAME \($0.isEmpty ? "URL" : $0)"
        },
        "makeAgain": {
            "nothing was sent; was it renamed, or is another disk in use there? To make it again: "
                + "quipu sync \($0) --make"
        },
        "tag": { _ in "use: quipu tag ID +TAG" },
        "cloneElsewhere": { _ in "put a mirror on another disk or machine: quipu clone . PATH" },
        "cloneTo": { "is the drive mounted? To make a mirror there: quipu clone . \($0)" },
        "acceptDeletions": { _ in
            "the rest was not applied; if the deletions are intended: quipu sync --accept-deletions"
        },
        "verifyMirror": {
            "what has arrived is kept; it shows other values, or is not a mirror of this archive: quipu verify \($0)"
        },
        "verifyBothSides": { _ in "none of it was kept; check both sides with: quipu verify" },
        "verifyOnBothSides": { _ in "run on both sides: quipu verify" },
        "storeToken": { _ in
            "ask the server's operator for one, then: quipu remote login; or set QUIPU_TOKEN"
        },
        "replaceToken": { _ in "ask the server's operator for a new one, then: quipu remote login" },
        "storeTokensAgain": { _ in
            "no edit is lost: remove it, and store the tokens again: quipu remote login"
        },
        "allowPlainHTTP": { _ in
            "nothing was sent; use https, or an SSH tunnel; on a trusted network allow it once: --insecure"
        },
        "trustCertificate": { _ in
            "nothing is lost; check this machine's clock, then the server's certificate; if signed by a "
                + "private authority: quipu remote login --ca FILE"
        },

        "checkShareCode": { _ in
            "nothing was sent; compare the address and the code with what the other machine shows. If both are right, "
                + "another machine answers there: use another network, or a cable"
        },
        "checkShareAddress": { _ in
            "nothing was sent; compare the address with what quipu serve --share shows on the other machine"
        },
        "reachShare": {
            "does quipu serve --share still run there? Are both machines in the same Wi-Fi or on one cable? Does a "
                + "firewall there block port \($0)? If it shows several addresses, try the next"
        },
        "shareAgain": { _ in
            "nothing was exchanged; for a new code run there again: quipu serve --share"
        },
        "shareForMany": { _ in
            "nothing was exchanged; for a new code run there again: quipu serve --share; one code for a group: "
                + "quipu serve --share --many"
        },
        "syncExistingWithShare": {
            "bring it up to date: quipu sync --share ADDRESS CODE --archive \($0); or choose another folder"
        },
        "createBundle": { _ in "bundles are made by: quipu bundle create FILE" },
        "replaceBundle": { "choose another name, or replace it: quipu bundle create --force \($0)" },
        "trustSender": { _ in
            "nothing was written; compare the key with the one that quipu bundle create printed there; then apply it on a "
                + "terminal, which asks, or with --trust"
        },
        "nameReceiver": { names in
            (names.isEmpty ? "" : "there are: \(names)\n")
                + "leave out --for: the bundle then holds everything, and the other's answer tells what to leave out next time"
        },

        "createToken": { _ in "make one first: quipu token add" },
        "createTokenOrTunnel": {
            "make one first: quipu token add; or use --listen 127.0.0.1:\($0) and an SSH tunnel"
        },
        "encrypt": { _ in
            "give --tls-cert and --tls-key; or --behind-proxy if a proxy in front terminates TLS"
        },
        "ownCache": { _ in "give each process its own: --cache DIR" },
        "otherCache": { _ in "choose another one: --cache DIR" },
        "databaseAddress": { _ in "as in: quipu serve --database postgres://quipu@db.example/quipu" },
    ]
}
