import Foundation
import QuipuCanonicalJSON
import Support
import Testing

/// A program that speaks to a server of this machine as a browser would, or as none would.
struct PageClient {
    let port: UInt16
    /// The value of `Host`.
    var host: String
    /// Sent as a bearer token; nil for none.
    var secret: String?
    /// Before the paths of an archive's resources.
    var root = "/v1/archives/press"

    struct Answer {
        let status: Int
        let head: HTTPConversation.Reply
        let json: JSONValue

        /// The last part of a problem's type.
        var problem: String? { json["type"]?.string?.split(separator: ":").last.map(String.init) }
        var tag: String { head.header("ETag") ?? "" }
    }

    /// - Parameters:
    ///   - path: with a leading slash; of the archive unless it begins with `//`, which stands for the server's own.
    ///   - fields: further header fields, `Name: value`.
    func ask(
        _ method: String, _ path: String, _ fields: [String] = [], body: String? = nil,
        type: String = "application/json"
    ) throws -> Answer {
        let talk = try #require(HTTPConversation(port: port))
        var lines = ["\(method) \(path.hasPrefix("//") ? String(path.dropFirst()) : root + path) HTTP/1.1"]
        lines.append("Host: \(host)")
        if let secret { lines.append("Authorization: Bearer \(secret)") }
        if let body { lines += ["Content-Type: \(type)", "Content-Length: \(body.utf8.count)"] }
        talk.send((lines + fields).joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        let reply = try #require(talk.reply(isToHead: method == "HEAD"), "\(method) \(path)")
        let json = (try? JSONParser().parse(reply.body)) ?? .null
        return Answer(status: reply.status ?? 0, head: reply, json: json)
    }

    func patch(_ id: String, _ fields: String, seen tag: String, _ more: String...) throws -> Answer {
        try ask(
            "PATCH", "/records/\(id)", ["If-Match: \(tag)"] + more, body: "{\"fields\":\(fields)}",
            type: "application/merge-patch+json")
    }
}

/// A `quipu open` that shows its address, until it is stopped or its last reference goes.
final class OpenedPage {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let program: ChildProgram
    let host: String
    let port: UInt16
    let code: String

    init(_ machine: Machine, _ words: String..., variables: [String: String] = [:]) throws {
        let environment = machine.environment.merging(Self.places(of: machine)) { _, new in new }
            .merging(variables) { _, new in new }
        program = try QuipuProcess.start(
            ["open", "--no-browser"] + words, in: machine.folder, environment: environment,
            limitMilliseconds: ServedRoot.defaultLimitMilliseconds)
        let line = try program.readLine() ?? ""
        guard let address = URLComponents(string: line), let host = address.host, let port = address.port,
            let code = Self.code(in: line)
        else {
            let ending = try program.finish()
            throw Failure(description: "no page: \(line)\(ending.output)\(ending.errors)")
        }
        (self.host, self.port, self.code) = ("\(host):\(port)", UInt16(port), code)
    }

    /// Folders of its own for what it leaves on the machine.
    static func places(of machine: Machine) -> [String: String] {
        let place = (machine.folder as NSString).deletingLastPathComponent
        return ["HOME": place, "XDG_RUNTIME_DIR": place]
    }

    static func code(in address: String) -> String? {
        address.split(separator: "#").last?.split(separator: "&").first.flatMap { part in
            part.hasPrefix("code=") ? String(part.dropFirst(5)) : nil
        }
    }

    /// Without a secret.
    var stranger: PageClient { PageClient(port: port, host: host) }

    /// Exchanges a code for a secret.
    func signIn(with code: String? = nil) throws -> PageClient {
        let answer = try stranger.ask("POST", "//v1/session", body: "{\"code\":\"\(code ?? self.code)\"}")
        #expect(answer.status == 201, "\(answer.json)")
        var client = stranger
        client.secret = try #require(answer.json["secret"]?.string)
        return client
    }

    @discardableResult
    func stop() throws -> ChildProgram.Ending {
        program.terminate()
        return try program.finish()
    }

    deinit { _ = try? stop() }
}

extension OpenedPage {
    /// The page of Ana's archive `press`, and a program that has signed in there.
    static func ofPress() throws -> (
        place: TemporaryFolder, ana: Machine, page: OpenedPage, client: PageClient
    ) {
        let (place, ana) = try Machine.withPress()
        let page = try OpenedPage(ana)
        return (place, ana, page, try page.signIn())
    }
}
