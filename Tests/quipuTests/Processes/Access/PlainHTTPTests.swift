import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Over plain HTTP others on the way read and change what is exchanged, so it goes beyond this machine only where
    /// somebody has said that this will do.
    struct PlainHTTPTests {
        private let place: TemporaryFolder
        private let ana: Machine

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The source is Kim")
        }

        @Test func `every command refuses plain HTTP to another machine`() throws {
            let url = "http://192.0.2.1/press"
            #expect(try ana.refusal("sync", url).error == "insecure-link")
            #expect(try ana.refusal("verify", url).error == "insecure-link")
            #expect(try ana.refusal("clone", url, place.path(of: "c")).error == "insecure-link")
            let added = try ana.quipu("remote", "add", "office", url)
            #expect(added.errors.contains("plain HTTP") && added.errors.contains("--insecure"))
            #expect(try ana.refusal("sync").error == "insecure-link")
            #expect(try ana.refusal("sync", "--watch").error == "insecure-link")
            #expect(try ana.quipu("status").output.contains("plain HTTP"))
            #expect(try ana.quipu("remote", "list").output.contains("plain HTTP"))
            #expect(try ana.json("status")["remotes"]?.array?.first?["insecure"]?.bool == true)
            #expect(try ana.json("remote", "list")["insecure"]?.bool == true)
        }

        @Test func `loopback servers and TLS servers need no permission for plain HTTP`() throws {
            for url in ["http://127.0.0.1:1/press", "http://localhost:1/press", "http://[::1]:1/press"] {
                #expect(try ana.refusal("sync", url, exit: 4).error == "remote-unreachable")
            }
            try ana.quipu("remote", "add", "office", "https://office.example.org/press")
            #expect(!(try ana.quipu("status").output.contains("plain HTTP")))
        }

        /// In a network of its own: an address that is not this machine's loopback, and a server that is asked there.
        private static let script = """
            ip link set lo up && ip addr add 10.9.9.9/32 dev lo || exit 99
            export QUIPU_TOKEN=$("$QUIPU" token add --root office --admin)
            mkfifo up
            "$QUIPU" serve --root office --listen 10.9.9.9:0 --behind-proxy --log log > up &
            server=$!
            read -r url < up
            run() { "$QUIPU" "$@" >> said 2>&1; echo "$?"; }
            run sync "$url/press" --archive ana
            run remote add office "$url/press" --archive ana
            run sync --archive ana
            run verify office --archive ana
            run clone "$url/press" copy
            grep -q '"request"' log && echo asked || echo unasked
            run sync --insecure --archive ana
            run sync --archive ana
            run verify office --archive ana
            run clone --insecure "$url/press" copy
            run sync --archive copy
            run sync "$url/press" --archive ana
            run remote add --insecure other "$url/other" --archive ana
            run sync other --archive ana
            kill $server
            wait $server
            """

        @Test(.enabled(if: getuid() == 0))
        func `one explicit permission allows plain HTTP and is stored with the remote`() throws {
            let ending = try ChildProgram(
                ["unshare", "--net", "bash", "-c", Self.script], in: place.path,
                environment: QuipuProcess.environment(adding: ["QUIPU": QuipuProcess.path])
            ).finish()
            let said = (try? String(contentsOfFile: place.path(of: "said"), encoding: .utf8)) ?? ""
            #expect(
                ending.output.split(separator: "\n").map(String.init)
                    == ["1", "0", "1", "1", "1", "unasked", "0", "0", "0", "0", "0", "0", "0", "0"],
                "\(ending.output)\(ending.errors)\(said)")
        }
    }
}
