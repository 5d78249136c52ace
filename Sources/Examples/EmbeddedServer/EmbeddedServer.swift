import Quipu

/// A program that keeps an archive and serves it: `quipu-embedded-server FOLDER` makes an archive of one article, serves it
/// on a free port of this machine, has a colleague clone and edit it, and says what came back.
@main enum EmbeddedServer {
    static func main() async {
        guard CommandLine.arguments.count == 2 else {
            print("usage: quipu-embedded-server FOLDER")
            return
        }
        do {
            try await run(in: CommandLine.arguments[1])
        } catch {
            print("\(error)")
        }
    }

    private static func run(in folder: String) async throws {
        let archive = try Archive.create(at: folder + "/office", named: "press", as: "Ana Ruiz")
        let id = try await archive.write { t in
            try t.add(.article) {
                $0.title = "Water"
                $0.tags.insert("river")
            }
        }
        let server = try Server(archive, at: "127.0.0.1:0") { print("fault: \($0)") }
        defer { server.stop() }

        let mirror = try await Archive.clone(
            "\(server.url)/press", to: folder + "/field", as: "Ben Okoye")
        try await mirror.write { t in try t.edit(id) { $0.title = "High water" } }
        let report = try await mirror.sync()
        print("sent \(report.sentChanges) change, in sync: \(report.isInSync)")

        for try await change in archive.changes(since: .beginning) where change.author == "Ben Okoye" {
            let record = try await archive.read { try $0.record(id) }
            print("\(change.author): \(record?.caption ?? "")")
            break
        }
    }
}
