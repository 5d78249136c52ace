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

    /// Nil for an unknown path.
    package init?(path: String) {
        let segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        switch segments.dropFirst().map({ String(Substring($0)) }) {
        case ["healthz"]: self = .health
        case ["readyz"]: self = .readiness
        case ["metrics"]: self = .metrics
        case ["v1", "share"]: self = .share
        case let words where words.count == 4 && words.starts(with: ["v1", "archives"]):
            let name = words[2]
            guard Store.isValidName(name) else { return nil }
            switch words[3] {
            case "sync": self = .sync(archive: name)
            case "snapshot": self = .snapshot(archive: name)
            case "events": self = .events(archive: name)
            case "missing-blobs": self = .missingBlobs(archive: name)
            default: return nil
            }
        case let words where words.count == 5 && words.starts(with: ["v1", "archives"]):
            let name = String(words[2])
            guard Store.isValidName(name), words[3] == "blobs", let hash = BlobHash(text: String(words[4]))
            else { return nil }
            self = .blob(archive: name, hash: hash)
        default: return nil
        }
    }

    /// The archive's name; nil for routes about the server.
    package var archive: String? {
        switch self {
        case .health, .readiness, .metrics, .share: nil
        case .sync(let archive), .snapshot(let archive), .events(let archive), .missingBlobs(let archive),
            .blob(let archive, _):
            archive
        }
    }

    /// The allowed methods, as `Allow` lists them. GET includes HEAD.
    var methods: [String] {
        switch self {
        case .health, .readiness, .metrics, .share, .snapshot, .events: ["GET", "HEAD"]
        case .sync, .missingBlobs: ["POST"]
        case .blob: ["GET", "HEAD", "PUT"]
        }
    }

    /// The role that a method requires. A sync is open to readers: it refuses items that they may not send.
    func minimumRole(for method: String) -> Role {
        switch self {
        case .health, .readiness, .metrics, .share, .sync, .snapshot, .events, .missingBlobs: .reader
        case .blob: method == "PUT" ? .writer : .reader
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
        }
    }
}
