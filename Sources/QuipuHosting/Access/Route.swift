package import QuipuCausality
internal import QuipuStorage

/// What a request's path refers to. Names and hashes in it are well-formed.
package enum Route: Sendable, Equatable {
    case health
    case readiness
    case metrics
    case share
    case sync(archive: String)
    case snapshot(archive: String)
    case events(archive: String)
    case missingBlobs(archive: String)
    case blob(archive: String, hash: BlobHash)
    /// The page, for a browser that navigates to the server or to an archive there.
    case shell(archive: String?)
    /// A file of the page.
    case page(file: String)
    case session
    case interface(archive: String, RecordsRoute)

    /// Nil for an unknown path.
    package init?(path: String) {
        let segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        switch segments.dropFirst().map({ String(Substring($0)) }) {
        case ["healthz"]: self = .health
        case ["readyz"]: self = .readiness
        case ["metrics"]: self = .metrics
        case ["v1", "share"]: self = .share
        case ["v1", "session"]: self = .session
        case [""]: self = .shell(archive: nil)
        case let words where words.count == 1 && Store.isValidName(words[0]): self = .shell(archive: words[0])
        case let words where words.count == 2 && words[0] == "page": self = .page(file: words[1])
        case let words where words.count == 4 && words.starts(with: ["v1", "archives"]):
            let name = words[2]
            guard Store.isValidName(name) else { return nil }
            switch words[3] {
            case "sync": self = .sync(archive: name)
            case "snapshot": self = .snapshot(archive: name)
            case "events": self = .events(archive: name)
            case "missing-blobs": self = .missingBlobs(archive: name)
            default:
                guard let route = RecordsRoute([words[3]]) else { return nil }
                self = .interface(archive: name, route)
            }
        case let words
        where words.count == 5 && words.starts(with: ["v1", "archives"]) && words[3] == "blobs":
            let name = String(words[2])
            guard Store.isValidName(name), let hash = BlobHash(text: String(words[4])) else { return nil }
            self = .blob(archive: name, hash: hash)
        case let words where (5...7).contains(words.count) && words.starts(with: ["v1", "archives"]):
            guard Store.isValidName(words[2]), let route = RecordsRoute(Array(words[3...])) else {
                return nil
            }
            self = .interface(archive: words[2], route)
        default: return nil
        }
    }

    /// The archive's name; nil for routes about the server.
    package var archive: String? {
        switch self {
        case .health, .readiness, .metrics, .share, .shell, .page, .session: nil
        case .sync(let archive), .snapshot(let archive), .events(let archive), .missingBlobs(let archive),
            .blob(let archive, _), .interface(let archive, _):
            archive
        }
    }

    var isShell: Bool {
        if case .shell = self { true } else { false }
    }

    /// The allowed methods, as `Allow` lists them. GET includes HEAD.
    var methods: [String] {
        switch self {
        case .health, .readiness, .metrics, .share, .snapshot, .events, .shell, .page: ["GET", "HEAD"]
        case .sync, .missingBlobs: ["POST"]
        case .blob: ["GET", "HEAD", "PUT"]
        case .session: ["GET", "HEAD", "POST", "DELETE"]
        case .interface(_, let route): route.methods
        }
    }

    /// The role that a method requires. A sync is open to readers: it refuses items that they may not send.
    func minimumRole(for method: String) -> Role {
        switch self {
        case .health, .readiness, .metrics, .share, .sync, .snapshot, .events, .missingBlobs, .shell, .page,
            .session:
            .reader
        case .blob: method == "PUT" ? .writer : .reader
        case .interface(_, let route): route.minimumRole(for: method)
        }
    }

    /// The label in logs and metrics: never with a name from the path.
    package var label: String {
        switch self {
        case .health: "health"
        case .readiness: "readiness"
        case .metrics: "metrics"
        case .share: "share"
        case .sync: "sync"
        case .snapshot: "snapshot"
        case .events: "events"
        case .missingBlobs: "missing-blobs"
        case .blob: "blob"
        case .shell: "shell"
        case .page: "page"
        case .session: "session"
        case .interface(_, let route): route.label
        }
    }
}
