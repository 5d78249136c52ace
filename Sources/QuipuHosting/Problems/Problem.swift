internal import QuipuCBOR
internal import QuipuCanonicalJSON
package import QuipuHTTPServer
internal import QuipuReplication
internal import QuipuStorage
internal import QuipuWire

/// An error as an RFC 9457 problem document: a stable `type`, a title for people, and what to do.
package struct Problem: Error {
    package var status: Int
    /// The last part of the type, which programs may rely on.
    package var word: String
    package var title: String
    package var hint: String?
    /// Additional header fields.
    package var headers: [(String, String)] = []
    /// An additional member: what is there instead of what the caller took to be there. JSON.
    package var present: [UInt8]?

    package var response: HTTPResponse {
        var members: [JSONMember] = [
            JSONMember(name: "type", value: .string("urn:quipu:problem:" + word)),
            JSONMember(name: "title", value: .string(title)),
            JSONMember(name: "status", value: .number(Double(status))),
        ]
        if let hint { members.append(JSONMember(name: "detail", value: .string(hint))) }
        var headers = [("Content-Type", "application/problem+json")] + self.headers
        if status == 503, !headers.contains(where: { $0.0 == "Retry-After" }) {
            headers.append(("Retry-After", "1"))
        }
        var bytes = JSONValue.object(members).canonicalBytes()
        if let present {
            bytes.removeLast()
            bytes += Array(",\"present\":".utf8) + present + [UInt8(ascii: "}")]
        }
        var response = HTTPResponse(status: status, headers: headers, body: .bytes(bytes))
        response.label = word
        return response
    }

    static let noSuchRoute = Problem(
        status: 404, word: "no-such-route", title: "There is nothing at this address",
        hint: "archives are at /v1/archives/NAME/sync")

    /// - Parameter path: of a request to a server that answers for records.
    static func noSuchRoute(at path: String) -> Problem {
        var problem = noSuchRoute
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        if segments.count >= 4, segments[1] == "v1", segments[2] == "archives" {
            problem.hint =
                "behind /v1/archives/NAME/ there are records, annotations/, conflicts, log, changes, status, "
                + "tags, collections, edits, import, export, attachments/ID/content and tickets, and sync for mirrors"
        }
        return problem
    }

    /// Both sides of the exchange are the same file.
    static let sameArchive = Problem(
        status: 409, word: ReplicationError.Code.sameArchive.rawValue,
        title: "This server serves the same archive that you sync",
        hint: "it is not a second copy; put a mirror on another disk or machine")

    static let foreignHost = Problem(
        status: 421, word: "foreign-host", title: "The server does not have that name",
        hint: "use the address that it listens on; another name must be told to it as its public URL")

    static let foreignOrigin = Problem(
        status: 403, word: "foreign-origin", title: "Requests from other sites are not answered",
        hint: "use a program, not a page of another site, whose requests could be anyone's")

    static let stopping = Problem(
        status: 503, word: "stopping", title: "The server is stopping",
        hint: "nothing is lost; try again in a moment")

    static let notReady = Problem(
        status: 503, word: "not-ready", title: "Requests cannot be answered now",
        hint: "nothing is lost; the server's own output says why")

    static func methodNotAllowed(_ allowed: [String]) -> Problem {
        var problem = Problem(
            status: 405, word: "method-not-allowed",
            title: "This address takes \(allowed.joined(separator: ", ")) only", hint: nil)
        problem.headers = [("Allow", allowed.joined(separator: ", "))]
        return problem
    }

    package static func noSuchArchive(_ name: String) -> Problem {
        Problem(
            status: 404, word: ReplicationError.Code.noSuchArchive.rawValue,
            title: "There is no archive '\(name)' here",
            hint: "check the name; if tokens are needed, also that yours is for it")
    }

    static let tooManyWatchers: Problem = {
        var problem = Problem(
            status: 503, word: "too-many-watchers", title: "The server has reached its limit of watchers",
            hint: "nothing is lost; sync from time to time instead, or try again later")
        problem.headers = [("Retry-After", "60")]
        return problem
    }()

    /// Converts an error, without revealing the server's internals.
    package init(_ error: any Error) {
        switch StorageError.presentable(error) {
        case let problem as Problem: self = problem
        case let refusal as BlobRefusal: self.init(refusal)
        case let error as WireError:
            let status = error.code == .tooLarge ? 413 : 400
            self.init(
                status: status, word: ReplicationError.Code.malformed.rawValue,
                title: "The message cannot be read: \(error.message)",
                hint:
                    "none of it was kept and nothing is lost; try again, and check the proxies in between"
            )
        case let error as ReplicationError:
            let status: Int =
                switch error.code {
                case .noSuchArchive: 404
                case .otherArchive: 409
                case .newerProtocol: 400
                case .readOnly: 403
                case .dailyLimit: 429
                default: 400
                }
            self.init(status: status, word: error.code.rawValue, title: error.message, hint: error.hint)
        case let error as StorageError where error.code == .unsoundText:
            self.init(
                status: 400, word: ReplicationError.Code.malformed.rawValue, title: error.message,
                hint: "none of it was kept")
        case let error as StorageError where error.code == .tooManyBranches || error.code == .badName:
            self.init(status: 409, word: error.code.rawValue, title: error.message, hint: error.hint)
        case let error as StorageError where error.code == .busy:
            self.init(status: 503, word: "busy", title: "The archive is busy", hint: "try again in a moment")
        case let error as StorageError where error.code == .diskFull:
            self.init(
                status: 507, word: "disk-full", title: "The server's disk is full",
                hint: "nothing was kept of this message")
        case let error as StorageError where error.code == .damaged || error.code == .notAnArchive:
            self.init(
                status: 500, word: ReplicationError.Code.damaged.rawValue,
                title: "The archive is damaged there",
                hint: "nothing is lost here; verify the archive on the server")
        case let error as StorageError where error.code == .newerArchive:
            self.init(
                status: 500, word: error.code.rawValue,
                title: "The archive was made by a newer Quipu than the server's",
                hint: "install the newer Quipu on the server")
        case let error as StorageError where error.code == .readOnly:
            self.init(
                status: 500, word: "not-writable", title: "The server may not write the archive",
                hint: "check the permissions of its folder on the server")
        default:
            self.init(
                status: 500, word: "internal", title: "The server failed",
                hint: "nothing is lost here; the server's own output says more")
        }
    }

    /// Whether the operator must look into it.
    var isFault: Bool {
        status == 500 || word == "disk-full" || word == ReplicationError.Code.databaseRefused.rawValue
    }

    package init(status: Int, word: String, title: String, hint: String?) {
        self.status = status
        self.word = word
        self.title = title
        self.hint = hint
    }
}
