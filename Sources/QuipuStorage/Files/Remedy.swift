/// What would help after an error, and what it is about: a stable word and a fact, which a program puts into words of its
/// own. The layers of the archive know no command, no option and no button that does it.
public struct Remedy: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        // Archives; about a path.
        case createArchive, notCreatedAsArchive, openAtHome, syncExisting, serveFromHere
        case examine, examineThere, repairFromMirror, replaceBackup
        // Records; about a handle, or a kind.
        case findRecord, listRecords, listDeleted, listVersions
        case deleteFirst, restoreFirst, lookAndDeleteAgain, deleteOrRestore, addAgain
        case attachToTarget, keepElsewhere, show, tag
        // Values of fields; about a field.
        case giveText, giveTexts, giveBoolean, giveNumber, giveDate, giveObject, giveJSON, giveElement,
            removeValue
        // The same with a value, about `FIELD=TEXT`.
        case giveValue, giveExample, giveMeant, giveMissing
        // Integrity.
        case verify
        // Mirrors; about a name or a location.
        case addRemote, removeRemote, moveRemote, cloneElsewhere, cloneTo, acceptDeletions
        case verifyMirror, verifyBothSides, verifyOnBothSides
        case storeToken, replaceToken, storeTokensAgain, allowPlainHTTP, trustCertificate
        // Bundles; about a path, a key, a name.
        case createBundle, replaceBundle, trustSender, nameReceiver
        // Servers; `createTokenOrTunnel` is about a port.
        case createToken, createTokenOrTunnel, encrypt, ownCache, otherCache, databaseAddress
    }

    public let kind: Kind
    /// Empty where there is nothing to name.
    public let subject: String

    public init(_ kind: Kind, _ subject: String = "") {
        self.kind = kind
        self.subject = subject
    }
}
