internal import Glibc
internal import QuipuHTTPServer

/// What answers git's clients over HTTP: a small server that gives each request to `git http-backend`, as any web server
/// does that knows CGI (RFC 3875).
final class GitOverHTTP {
    /// Of one push, all in memory: the pack of a million articles.
    private static let maximumBodyBytes = 4 << 30

    private let listener: HTTPListener
    /// Of a repository named `press.git`.
    var url: String { "http://127.0.0.1:\(listener.port)/press.git" }

    /// - Parameters:
    ///   - git: the program.
    ///   - root: where the repository is; a request's body and answer are put beside it, one at a time.
    init(git: String, root: String) {
        var configuration = HTTPListener.Configuration()
        configuration.maximumBodyBytes = UInt64(Self.maximumBodyBytes)
        configuration.threads = 1
        do {
            listener = try HTTPListener(configuration: configuration) { head in
                .accept(
                    BufferedRequestHandler(limitBytes: Self.maximumBodyBytes) { body in
                        Self.answer(head, body: body, git: git, root: root)
                    })
            }
        } catch { fail("git's server does not start: \(error)") }
    }

    func stop() { listener.stop() }

    private static func answer(_ head: HTTPRequestHead, body: [UInt8], git: String, root: String)
        -> HTTPResponse
    {
        let (input, output) = (root + "/request", root + "/answer")
        write(body, to: input)
        let variables = [
            "GIT_PROJECT_ROOT=\(root)", "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=ana",
            "REQUEST_METHOD=\(head.method)", "PATH_INFO=\(head.path)", "QUERY_STRING=\(head.query ?? "")",
            "CONTENT_TYPE=\(head.headers["Content-Type"] ?? "")", "CONTENT_LENGTH=\(body.count)",
            "HTTP_CONTENT_ENCODING=\(head.headers["Content-Encoding"] ?? "")",
            "GIT_PROTOCOL=\(head.headers["Git-Protocol"] ?? "")",
        ]
        let outcome = ChildProcess(
            ["/usr/bin/env"] + variables + [
                "/bin/sh", "-c", "exec \"$0\" http-backend < \"$1\" > \"$2\"", git, input, output,
            ]
        ).wait()
        guard outcome.exitCode == 0 else { return .text(status: 500, "git ended with \(outcome.exitCode)") }
        return response(of: read(output))
    }

    /// A header in lines, an empty line, and the body.
    private static func response(of answer: [UInt8]) -> HTTPResponse {
        var response = HTTPResponse(status: 200)
        var rest = answer[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[..<end], as: UTF8.self).filter { $0 != "\r" && $0 != "\r\n" }
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = String(line[line.index(after: colon)...].drop { $0 == " " })
            if line[..<colon] == "Status" {
                response.status = Int(value.prefix(3)) ?? 500
            } else {
                response.headers.append((String(line[..<colon]), value))
            }
        }
        response.body = .bytes(Array(rest))
        return response
    }

    private static func write(_ bytes: [UInt8], to path: String) {
        guard let file = fopen(path, "w") else { fail("cannot write \(path)") }
        defer { fclose(file) }
        fwrite(bytes, 1, bytes.count, file)
    }

    private static func read(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { fail("cannot read \(path)") }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        rewind(file)
        return [UInt8](unsafeUninitializedCapacity: size) { place, count in
            count = fread(place.baseAddress, 1, size, file)
        }
    }
}
