import Foundation
import Quipu
import QuipuCanonicalJSON
import Support
import Testing

/// What the page asks of the server, beside ten times as much in the archive, by counts: as `CommandCostTests` holds for commands.
@Suite struct RecordsRouteCostTests {
    private struct Row: Sendable {
        /// Of `Schema/openapi.yaml`, below the archive.
        let path: String
        var method = "GET"
        /// What is asked, where one address has several rows.
        var what = ""
        /// Nil if it may grow with everything.
        var grows: [Surroundings: String]? = [:]
        let ask: @Sendable (Scene) throws -> PageClient.Answer
    }

    private static let sizes = (small: 130, large: 1_300)
    private static let greatestFactor = 14
    private static let (moreStatements, moreSteps, morePages, moreBytes) = (6, 700, 40, 200)

    @Test(arguments: Surroundings.allCases)
    func `a request about records costs the same beside ten times as much data`(
        _ surroundings: Surroundings
    ) throws {
        let small = try costs(beside: Self.sizes.small, surroundings)
        let large = try costs(beside: Self.sizes.large, surroundings)
        for (row, (one, other)) in zip(Self.rows, zip(small, large)) {
            let what: Comment =
                "\(row.method) \(row.path) \(row.what), more \(surroundings): \(one); then \(other)"
            let mayGrow = row.grows.map { $0[surroundings] != nil } ?? true
            let factor = mayGrow ? Self.greatestFactor : 1
            #expect(
                other.statements <= factor * one.statements + one.statements / 4 + Self.moreStatements, what)
            #expect(other.steps <= factor * one.steps + one.steps / 2 + Self.moreSteps, what)
            #expect(other.pages <= factor * one.pages + one.pages / 2 + Self.morePages, what)
            #expect(other.bytes <= factor * one.bytes + Self.moreBytes, what)
        }
    }

    @Test func `every address of the records has a row in the cost table`() throws {
        let description = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appending(path: "../../../Schema/openapi.yaml"), encoding: .utf8)
        let prefix = "  /v1/archives/{name}/"
        let paths = description.split(separator: "\n").compactMap { line -> String? in
            line.hasPrefix(prefix) && line.hasSuffix(":")
                ? String(line.dropFirst(prefix.count).dropLast()) : nil
        }
        let ofExchange: Set<String> = ["sync", "snapshot", "events", "missing-blobs", "blobs/{sha256}"]
        let ours = Set(paths).subtracting(ofExchange)
        #expect(ours.count >= 20, "\(paths)")
        #expect(ours.subtracting(Self.rows.map(\.path)).subtracting(Self.others.keys).isEmpty)
    }

    /// Addresses without a row, with what is held instead.
    private static let others = [
        "syncs": "it begins an exchange: `CommandCostTests`, sync",
        "syncs/{number}": "it tells of what runs, and asks no archive",
    ]

    private func costs(beside count: Int, _ surroundings: Surroundings) throws -> [CommandScene.Cost] {
        let scene = try Scene(beside: count, surroundings)
        return try Self.rows.map { row in
            // What is opened once is not counted.
            if row.method == "GET" { _ = try row.ask(scene) }
            var answer: PageClient.Answer?
            let tally = try scene.meter.count { answer = try row.ask(scene) }
            let got = try #require(answer)
            #expect((200..<300).contains(got.status), "\(row.method) \(row.path): \(got.status) \(got.json)")
            return CommandScene.Cost(
                statements: tally.statements, steps: tally.steps, pages: tally.pages,
                bytes: got.head.body.count)
        }
    }

    private static let counts: [Surroundings: String] = [
        .records: "it counts records", .conflicts: "it counts records", .tags: "it counts records",
        .annotations: "it counts records", .origins: "it counts records",
        .remotes: "it lists mirrors, and counts for each what it lacks",
    ]
    private static let newest: [Surroundings: String] = [
        .versions: "it lists the record that has them",
        .records: "the newest transactions changed them all",
        .conflicts: "the newest transactions changed them all",
        .tags: "the newest transactions changed them all",
        .annotations: "the newest transactions changed them all",
    ]
    private static let names = "the names of all elements of sets are looked at"
    private static let undone: [Surroundings: String] = [
        .versions: "it looks through the log for undos", .origins: "it looks through the log for undos",
    ]

    private static let rows: [Row] = [
        Row(path: "records", grows: [.versions: "it lists the record that has them"]) {
            try $0.client.ask("GET", "/records?limit=5")
        },
        Row(path: "records", what: "search") { try $0.client.ask("GET", "/records?q=water&limit=5") },
        Row(path: "records/{id}") { try $0.client.ask("GET", "/records/\($0.article)") },
        Row(path: "records/{id}", what: "with dependents") {
            try $0.client.ask("GET", "/records/\($0.article)?with=dependents")
        },
        Row(path: "records/{id}", method: "PATCH") { scene in
            try scene.client.patch(scene.spare, "{\"title\":\"Changed\"}", seen: try scene.tag(scene.spare))
        },
        Row(path: "records/{id}/history") { try $0.client.ask("GET", "/records/\($0.article)/history") },
        Row(path: "records/{id}/comparison") {
            try $0.client.ask("GET", "/records/\($0.spare)/comparison")
        },
        Row(path: "records/{id}/why/{field}", grows: [.remotes: "it says which of them do not have it"]) {
            try $0.client.ask("GET", "/records/\($0.article)/why/body")
        },
        Row(path: "records/{id}/revert", method: "POST") { scene in
            let versions = try scene.client.ask("GET", "/records/\(scene.spare)/history").json["versions"]
            let first = versions?.array?.last?["version"]?.string ?? ""
            return try scene.client.ask(
                "POST", "/records/\(scene.spare)/revert", ["If-Match: \(try scene.tag(scene.spare))"],
                body: "{\"version\":\"\(first)\"}")
        },
        Row(path: "records/{id}/restore", method: "POST") { scene in
            try scene.client.ask(
                "POST", "/records/\(scene.deleted)/restore", ["If-Match: \(try scene.tag(scene.deleted))"])
        },
        Row(path: "records/{id}/attachments", method: "POST") { scene in
            try scene.client.ask(
                "POST", "/records/\(scene.spare)/attachments?filename=a.txt", body: "More",
                type: "application/octet-stream")
        },
        Row(path: "attachments/{id}/content") { scene in
            let whole = try scene.client.ask("GET", "/records/\(scene.article)?with=dependents").json
            let files = whole["dependents"]?.array?.filter { $0["record"]?["kind"]?.string == "attachment" }
            return try scene.client.ask(
                "GET", "/attachments/\(files?.first?["record"]?["uuid"]?.string ?? "")/content")
        },
        Row(path: "tickets", method: "POST") { scene in
            let whole = try scene.client.ask("GET", "/records/\(scene.article)?with=dependents").json
            let files = whole["dependents"]?.array?.filter { $0["record"]?["kind"]?.string == "attachment" }
            return try scene.client.ask(
                "POST", "/tickets",
                body: "{\"attachment\":\"\(files?.first?["record"]?["uuid"]?.string ?? "")\"}")
        },
        Row(path: "edits", method: "POST", grows: undone) {
            try $0.client.ask(
                "POST", "/edits", body: "{\"records\":[\"\($0.spare)\"],\"tags\":{\"more\":true}}")
        },
        Row(path: "log/{version}/undo", method: "POST", grows: newest.merging(undone) { one, _ in one }) {
            scene in
            let newest = try scene.client.ask("GET", "/log?limit=1").json["entries"]?[0]?["version"]
            return try scene.client.ask("POST", "/log/\(newest?.string ?? "")/undo")
        },
        Row(path: "annotations/", grows: [.annotations: "it counts them", .tags: names]) {
            try $0.client.ask("GET", "/annotations/")
        },
        Row(path: "annotations/", method: "POST") {
            try $0.client.ask(
                "POST", "/annotations/",
                body: """
                    {"type":"Annotation","target":{"source":"\($0.article)","selector":
                    {"type":"TextPositionSelector","start":4,"end":9}}}
                    """)
        },
        Row(path: "annotations/{id}") { scene in
            let whole = try scene.client.ask("GET", "/records/\(scene.article)?with=dependents").json
            let all = whole["dependents"]?.array?.filter { $0["record"]?["kind"]?.string == "annotation" }
            return try scene.client.ask(
                "GET", "/annotations/\(all?.first?["record"]?["uuid"]?.string ?? "")")
        },
        Row(path: "conflicts", grows: [.conflicts: "all are put in order, and few of them read"]) {
            try $0.client.ask("GET", "/conflicts?limit=1")
        },
        Row(path: "conflicts/{id}/{field}") { try $0.client.ask("GET", "/conflicts/\($0.article)/title") },
        Row(path: "log", grows: newest) { try $0.client.ask("GET", "/log?limit=5") },
        Row(path: "log/{version}", grows: newest.merging(undone) { one, _ in one }) { scene in
            let newest = try scene.client.ask("GET", "/log?limit=1").json["entries"]?[0]?["version"]
            return try scene.client.ask("GET", "/log/\(newest?.string ?? "")")
        },
        Row(path: "changes") { try $0.client.ask("GET", "/changes") },
        Row(path: "status", grows: counts) { try $0.client.ask("GET", "/status") },
        Row(path: "remotes", grows: counts) { try $0.client.ask("GET", "/remotes") },
        Row(path: "tags", grows: [.tags: "it lists them"]) { try $0.client.ask("GET", "/tags") },
        Row(path: "collections", grows: [.tags: names]) { try $0.client.ask("GET", "/collections") },
        Row(path: "import", method: "POST", grows: undone) {
            try $0.client.ask(
                "POST", "/import?filename=new.jsonl",
                body: "{\"title\":\"The ford\",\"url\":\"https://example.org/ford\",\"body\":\"x\"}\n",
                type: "application/octet-stream")
        },
        Row(path: "export", grows: nil) { try $0.client.ask("GET", "/export") },
    ]

    /// The scene of commands, and the page of its archive.
    private final class Scene {
        let meter: StatementMeter
        let page: PageServer
        let client: PageClient
        let (article, spare, deleted): (String, String, String)
        /// Its meter counts for the same folder as long as it is there.
        private let scene: CommandScene

        init(beside count: Int, _ surroundings: Surroundings) throws {
            scene = try CommandScene(beside: count, surroundings)
            (article, spare, deleted) = (scene.article, scene.spare, scene.deleted)
            meter = StatementMeter(over: scene.bench.folder)
            page = try PageServer(Archive.open(at: scene.bench.folder.path(of: "archive"), as: "Ana Ruiz"))
            let address = try #require(URLComponents(string: page.address()))
            let (host, port) = (try #require(address.host), try #require(address.port))
            var client = PageClient(port: UInt16(port), host: "\(host):\(port)")
            let code = try #require(OpenedPage.code(in: "#" + (address.fragment ?? "")))
            let opened = try client.ask("POST", "//v1/session", body: "{\"code\":\"\(code)\"}")
            client.secret = try #require(opened.json["secret"]?.string)
            self.client = client
        }

        deinit { page.stop(graceMilliseconds: 0) }

        func tag(_ id: String) throws -> String { try client.ask("GET", "/records/\(id)").tag }
    }
}
