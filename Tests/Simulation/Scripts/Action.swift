/// What can happen in a simulation. Every parameter is a small number, so that any step can stand alone, in any
/// world: what it points at is found by counting round what there is, and where there is nothing it does nothing.
public enum Action: String, CaseIterable, Sendable {
    // People at work.
    case edit, editTwoFields, editTwoRecords, tag, collect, writeLongText
    case importArticle, importFile, importShared
    case annotate, editNote, delete, deleteNote, restore, purge, resolve, setMergePolicy, merge
    case fillCollection, emptyCollection
    case mergeRecords, unmergeRecord

    // Exchanges.
    case sync, syncNarrow, syncCut, syncTwice, syncStale, loseRequest, deliverOld

    // Disks and processes.
    case losePower, failWrite, fillDisk, clearDisk, restart

    // Clocks and time.
    case setClock, setClocks, vouch, reboot, wait, goAway

    // Folders replaced from outside.
    case backUp, restoreFolder, restoreArchive, copyFolder, replaceMachine

    case compact

    // Others on the network.
    case hearNewer, hearLiar

    /// Everybody exchanges with everybody until nothing changes; then all promises are checked.
    case quiet

    var parameterNames: [String] {
        switch self {
        case .edit: ["machine", "record", "field", "value"]
        case .editTwoFields: ["machine", "record", "value"]
        case .editTwoRecords: ["machine", "record", "record", "field", "value"]
        case .tag: ["machine", "record", "tag", "on"]
        case .collect: ["machine", "record", "collection", "on"]
        case .writeLongText: ["machine", "record", "value"]
        case .importArticle: ["machine", "source", "content"]
        case .importFile: ["machine", "source", "content", "collection"]
        case .importShared: ["machine", "file", "file"]
        case .annotate: ["machine", "record", "value"]
        case .editNote: ["machine", "note", "value"]
        case .mergeRecords: ["machine", "record", "record"]
        case .delete, .restore, .purge, .unmergeRecord: ["machine", "record"]
        case .deleteNote: ["machine", "note"]
        case .resolve: ["machine", "conflict", "choice"]
        case .setMergePolicy: ["machine", "collection", "choice"]
        case .fillCollection: ["machine"]
        case .emptyCollection: ["machine", "way", "share"]
        case .sync, .syncTwice, .loseRequest: ["machine", "peer"]
        case .syncNarrow: ["machine", "peer", "messages", "budget"]
        case .syncCut: ["machine", "peer", "message", "reply", "permille"]
        case .syncStale: ["machine", "peer", "letter"]
        case .deliverOld: ["letter"]
        case .losePower: ["machine", "operations", "after", "salt"]
        case .failWrite: ["machine", "operations"]
        case .fillDisk, .clearDisk, .restart: ["machine"]
        case .setClock: ["machine", "fault"]
        case .setClocks: ["machines", "fault"]
        case .vouch: ["machine", "on"]
        case .reboot: ["machine"]
        case .wait: ["days"]
        case .goAway: ["machine", "steps"]
        case .backUp, .restoreFolder, .restoreArchive, .replaceMachine, .compact, .merge: ["machine"]
        case .copyFolder: ["machine", "peer"]
        case .hearNewer, .hearLiar: ["machine", "variant", "salt"]
        case .quiet: []
        }
    }

    /// Steps that only some versions of the product survive.
    var needed: Capabilities {
        switch self {
        case .restoreFolder, .restoreArchive, .copyFolder: .branches
        case .compact: .compaction
        default: []
        }
    }
}
