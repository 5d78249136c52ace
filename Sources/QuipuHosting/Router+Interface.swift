internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuHTTPServer
internal import QuipuPage
internal import QuipuStorage

/// The page, sessions, and the interface for records.
extension Router {
    private static let jsonBytes = 16 << 20
    private static let fileBytes = 64 << 20
    private static let sessionBytes = 4 << 10

    /// What is asked of an archive's records.
    func answer(
        _ head: HTTPRequestHead, to route: RecordsRoute, of name: String, from caller: Caller
    ) throws -> HTTPDisposition {
        guard let interface else { throw Problem.noSuchRoute }
        guard !route.isForOwnPage || caller.isOwnPage else { throw Problem.noSuchRoute(at: head.path) }
        guard let archive = try backend.archive(named: name) else { throw Problem.noSuchArchive(name) }
        let question = InterfaceQuestion(
            head: head, name: name, archive: archive, route: route, caller: caller,
            ticketContent: try ticketContent(of: head, route, archive: name), tickets: tickets,
            news: ArchiveNews(
                name: name, archive: archive, channels: channels,
                isStopping: { [shutdown] in shutdown.hasBegun }),
            account: account(of: caller))
        @Sendable func response(_ body: [UInt8]) -> HTTPResponse {
            do {
                return try interface.answer(question, body: body).asData
            } catch {
                let problem = interface.problem(error)
                if problem.isFault { reportFault("archive '\(name)': \(StorageError.presentable(error))") }
                return problem.response.asData
            }
        }
        if head.method == "GET" || head.method == "HEAD" { return .deferred { response([]) } }
        let announced = head.headers["Content-Length"].flatMap { Int($0) } ?? 0
        try limits.requireRoom(sizeBytes: archive.sizeBytes(), addedBytes: max(0, announced))
        if route.takesFile { try head.refuseFormTypes() }
        let place = try limits.admission.admit(head)
        let key =
            head.method == "POST"
            ? try IdempotentReplies.key(of: head, archive: name, caller: caller.name) : nil
        return .accept(
            BufferedRequestHandler(
                limitBytes: route.takesFile ? Self.fileBytes : Self.jsonBytes, expectedBytes: announced
            ) { body in
                withExtendedLifetime(place) {
                    guard let key else { return response(body) }
                    do {
                        return try replies.response(
                            for: key, request: IdempotentReplies.request(head, body)
                        ) { response(body) }
                    } catch {
                        return Problem(error).response.asData
                    }
                }
            })
    }

    private func account(of caller: Caller) -> TokenAccount? {
        guard let quota = limits.quota, let token = caller.boundedToken else { return nil }
        return TokenAccount(quota: quota, token: token)
    }

    /// Whether a request shows a ticket, and so needs no other right.
    func showsTicket(_ head: HTTPRequestHead, _ route: Route) -> Bool {
        guard case .interface(_, .attachmentContent) = route, let query = head.query else { return false }
        return query.split(separator: "&").contains { $0.hasPrefix("ticket=") }
    }

    private func ticketContent(of head: HTTPRequestHead, _ route: RecordsRoute, archive: String) throws
        -> BlobHash?
    {
        guard case .attachmentContent = route else { return nil }
        let parameters = try QueryParameters(head.query, allowed: ["ticket", "download"])
        return try parameters["ticket"].map { try tickets.content(of: $0, in: archive) }
    }

    // MARK: sessions

    func answerSession(_ head: HTTPRequestHead, from caller: Caller) throws -> HTTPDisposition {
        guard let interface else { throw Problem.noSuchRoute }
        if head.method == "DELETE" {
            guard let door = authorizer as? SessionDoor else {
                throw Problem.methodNotAllowed(["GET", "HEAD"])
            }
            if let secret = TokenAuthorizer.credentials(in: head) { door.end(secret) }
            return .respond(HTTPResponse(status: 204).asData)
        }
        let facts = session(of: caller, interface)
        return .respond(HTTPResponse.json(status: 200, facts).asData)
    }

    /// Opening a session needs no right but its code.
    func openSession(_ head: HTTPRequestHead) throws -> HTTPDisposition {
        guard let interface, let door = authorizer as? SessionDoor else { throw Problem.noSuchRoute }
        try head.requireContentType("application/json")
        return .accept(
            BufferedRequestHandler(limitBytes: Self.sessionBytes) { body in
                do {
                    guard let code = (try? JSONParser().parse(body))?["code"]?.string else {
                        throw Problem.malformedBody
                    }
                    let secret = try door.open(with: code)
                    let caller = Caller(name: nil, role: .owner, mayCreate: false, isOwnPage: true)
                    let facts = [JSONMember(name: "secret", value: .string(secret))]
                    return HTTPResponse.json(status: 201, facts + session(of: caller, interface)).asData
                } catch {
                    return Problem(error).response.asData
                }
            })
    }

    private func session(of caller: Caller, _ interface: any ArchiveInterface) -> [JSONMember] {
        let mode = caller.isOwnPage ? "own" : caller.name == nil ? "open" : "token"
        let archive = caller.archive ?? interface.onlyArchive
        return [
            JSONMember(name: "mode", value: .string(mode)),
            JSONMember(name: "archive", value: archive.map { .string($0) } ?? .null),
            JSONMember(name: "author", value: .string(caller.author ?? interface.author)),
            JSONMember(name: "role", value: .string(caller.role.rawValue)),
        ]
    }

    // MARK: files of the page

    func answerPage(_ file: String?) throws -> HTTPDisposition {
        guard interface != nil else { throw Problem.noSuchRoute }
        guard let file else {
            return .respond(.page(PageFiles.shell, type: "text/html; charset=utf-8"))
        }
        guard let found = PageFiles.file(named: file), let type = Self.type(of: file) else {
            throw Problem.noSuchRoute
        }
        return .respond(.page(found.bytes, type: type))
    }

    private static func type(of file: String) -> String? {
        switch file.split(separator: ".").last {
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        default: nil
        }
    }
}

extension HTTPResponse {
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob:",
        "media-src 'self' blob:", "connect-src 'self'", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")

    /// A file of the page, which runs nothing that is not of this server.
    fileprivate static func page(_ bytes: [UInt8], type: String) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            headers: [
                ("Content-Type", type), ("Content-Security-Policy", policy),
                ("Cross-Origin-Opener-Policy", "same-origin"), ("X-DNS-Prefetch-Control", "off"),
            ],
            body: .bytes(bytes)
        ).asData
    }

    fileprivate static func json(status: Int, _ members: [JSONMember]) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", "application/json")],
            body: .bytes(JSONValue.object(members).canonicalBytes()))
    }

    /// With the fields that keep browsers from storing it, guessing its type, and showing it to others.
    var asData: HTTPResponse {
        var response = self
        func add(_ name: String, _ value: String) {
            if !response.headers.contains(where: { $0.0 == name }) { response.headers.append((name, value)) }
        }
        add("Cache-Control", "no-store")
        add("X-Content-Type-Options", "nosniff")
        add("Referrer-Policy", "no-referrer")
        add("Cross-Origin-Resource-Policy", "same-origin")
        add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
        return response
    }
}

extension HTTPRequestHead {
    /// A form of another site can send these types without asking first.
    fileprivate func refuseFormTypes() throws {
        let type = (headers["Content-Type"] ?? "").lowercased()
        let forms = ["multipart/form-data", "application/x-www-form-urlencoded"]
        guard !forms.contains(where: { type.hasPrefix($0) }) else {
            throw Problem(
                status: 415, word: "unsupported-media-type", title: "A form is no file",
                hint: "send the file itself as the body, with Content-Type: application/octet-stream")
        }
    }
}
