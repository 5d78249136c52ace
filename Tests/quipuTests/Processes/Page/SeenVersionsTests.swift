import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What an author says of the state that they have seen, where it is not true.
    struct SeenVersionsTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let page: OpenedPage
        private let client: PageClient

        init() throws {
            (place, ana, page, client) = try OpenedPage.ofPress()
        }

        private func record(_ title: String) throws -> (id: String, tag: String) {
            let made = try client.ask(
                "POST", "/records",
                body: "{\"kind\":\"article\",\"fields\":{\"title\":\"\(title)\",\"body\":\"x\"}}")
            #expect(made.status == 201, "\(made.json)")
            return (try #require(made.json["uuid"]?.string), made.tag)
        }

        private func versions(_ id: String, _ field: String) throws -> [String] {
            let shown = try client.ask("GET", "/records/\(id)?with=versions").json
            return shown["versions"]?[field]?.array?.compactMap(\.string) ?? []
        }

        private func write(
            _ id: String, title: String, naming versions: [String], _ fields: String...
        ) throws -> PageClient.Answer {
            let list = versions.map { "\"\($0)\"" }.joined(separator: ",")
            return try client.ask(
                "PATCH", "/records/\(id)", ["If-Match: \"nothing-known\""] + fields,
                body: "{\"fields\":{\"title\":\"\(title)\"},\"versions\":{\"title\":[\(list)]}}",
                type: "application/merge-patch+json")
        }

        @Test
        func `an edit that names versions of another field, of another record or of nowhere is refused`()
            throws
        {
            let (id, _) = try record("Water")
            let (other, _) = try record("Earth")
            let first = try versions(id, "title")
            try ana.quipu("set", id, "title=High water")
            try ana.quipu("set", id, "body=y")
            let forged = [
                try versions(id, "body"), try versions(other, "title"),
                ["00112233445566778899aabbccddeeff:1"], first + ["00112233445566778899aabbccddeeff:9"],
            ]
            let end = try client.ask("GET", "/changes").json["position"]?.integer
            for names in forged {
                for preference in [[], ["Prefer: keep-both"]] {
                    let list = names.map { "\"\($0)\"" }.joined(separator: ",")
                    let refused = try client.ask(
                        "PATCH", "/records/\(id)", ["If-Match: \"nothing-known\""] + preference,
                        body: "{\"fields\":{\"title\":\"Mine\"},\"versions\":{\"title\":[\(list)]}}",
                        type: "application/merge-patch+json")
                    #expect((400..<500).contains(refused.status), "\(names): \(refused.json)")
                }
            }
            #expect(try client.ask("GET", "/changes").json["position"]?.integer == end)
            #expect(try ana.json("show", id)["fields"]?["title"]?.string == "High water")

            // What is true counts, however old it is.
            #expect(try write(id, title: "Mine", naming: first).status == 412)
            let kept = try write(id, title: "Mine", naming: first, "Prefer: keep-both")
            #expect(kept.status == 200 && kept.json["conflicted"]?.bool == true, "\(kept.json)")
            #expect(try versions(id, "title").count == 2)
            try ana.quipu("verify")
        }

        @Test func `an edit that names the present versions replaces them without a conflict`() throws {
            let (id, _) = try record("Water")
            let present = try versions(id, "title")
            #expect(try write(id, title: "High water", naming: present).status == 412)
            let written = try write(id, title: "High water", naming: present, "Prefer: keep-both")
            #expect(written.status == 200 && written.json["conflicted"]?.bool == false, "\(written.json)")
            #expect(try versions(id, "title").count == 1)
        }
    }
}
