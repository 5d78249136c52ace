import Foundation
import QuipuCanonicalJSON
import Support
import Synchronization
import Testing

extension Processes {
    /// Records over HTTP, with what the command says of them afterwards.
    struct RecordsInterfaceTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let page: OpenedPage
        private let client: PageClient

        init() throws {
            (place, ana, page, client) = try OpenedPage.ofPress()
        }

        private func article(_ title: String) throws -> (id: String, tag: String) {
            let made = try client.ask(
                "POST", "/records",
                body:
                    "{\"kind\":\"article\",\"fields\":{\"title\":\"\(title)\",\"body\":\"On Monday forty workers left.\"}}"
            )
            #expect(made.status == 201, "\(made.json)")
            return (try #require(made.json["uuid"]?.string), made.tag)
        }

        private func shown(_ id: String) throws -> JSONValue { try ana.json("show", id) }

        @Test func `a record is added, read, changed, deleted and restored, and the command shows the same`()
            throws
        {
            let (id, tag) = try article("Water")
            #expect(try shown(id)["fields"]?["title"]?.string == "Water")
            let changed = try client.patch(
                id, "{\"title\":\"High water\",\"body\":null,\"tags\":{\"river\":true}}", seen: tag)
            #expect(changed.status == 200 && changed.tag != tag)
            let fields = try client.ask("GET", "/records/\(id)").json["fields"]
            #expect(fields?["title"]?.string == "High water" && fields?["body"] == nil)
            #expect(fields?["tags"]?["river"]?.bool == true)
            let untagged = try client.patch(id, "{\"tags\":{\"river\":null}}", seen: changed.tag)
            #expect(try shown(id)["tags"]?.array?.isEmpty != false)
            let deleted = try client.ask("DELETE", "/records/\(id)", ["If-Match: \(untagged.tag)"])
            #expect(deleted.status == 200 && deleted.json["deleted"]?.bool == true)
            #expect(try client.ask("GET", "/records").json["total"]?.integer == 0)
            let restored = try client.ask("POST", "/records/\(id)/restore", ["If-Match: \(deleted.tag)"])
            #expect(restored.status == 200 && restored.json["deleted"]?.bool == false)
            #expect(try client.ask("GET", "/records/\(id)", ["If-None-Match: \(restored.tag)"]).status == 304)
        }

        @Test
        func
            `a write without its author's view is refused, and one with an old view gets the present record`()
            throws
        {
            let (id, tag) = try article("Water")
            let blind = try client.ask(
                "PATCH", "/records/\(id)", body: "{\"fields\":{\"title\":\"x\"}}",
                type: "application/merge-patch+json")
            #expect(blind.status == 428 && blind.problem == "precondition-required")
            try ana.quipu("set", id, "title=High water")
            for method in ["PATCH", "DELETE"] {
                let stale = try client.ask(
                    method, "/records/\(id)", ["If-Match: \(tag)"],
                    body: method == "PATCH" ? "{\"fields\":{\"title\":\"Low water\"}}" : nil,
                    type: "application/merge-patch+json")
                #expect(stale.status == 412 && stale.problem == "changed-meanwhile")
                #expect(stale.json["present"]?["fields"]?["title"]?.string == "High water")
                #expect(stale.tag == (try client.ask("GET", "/records/\(id)").tag))
            }
            #expect(try shown(id)["fields"]?["title"]?.string == "High water")
        }

        @Test func `keep-both makes a stale write an honest conflict, which is settled and undone`() throws {
            let (id, tag) = try article("Water")
            try ana.quipu("set", id, "title=High water")
            let kept = try client.patch(id, "{\"title\":\"Low water\"}", seen: tag, "Prefer: keep-both")
            #expect(kept.status == 200 && kept.head.header("Preference-Applied") == "keep-both")
            #expect(kept.json["conflicted"]?.bool == true)
            // A repetition writes nothing.
            let again = try client.patch(id, "{\"title\":\"Low water\"}", seen: tag, "Prefer: keep-both")
            #expect(again.status == 200 && again.tag == kept.tag)
            let listed = try ana.json("conflicts", id, exit: 3)
            #expect(listed["field"]?.string == "title", "\(listed)")

            let conflict = try client.ask("GET", "/conflicts/\(id)/title")
            let other = try #require(conflict.json["choices"]?.array?.last)
            let stale = try client.ask(
                "POST", "/conflicts/\(id)/title", ["If-Match: \"c-00000000000000000000000000000000\""],
                body: "{\"choose\":\"\(other["version"]?.string ?? "")\"}")
            #expect(stale.status == 412 && stale.json["present"]?["field"]?.string == "title")
            let settled = try client.ask(
                "POST", "/conflicts/\(id)/title", ["If-Match: \(conflict.tag)"],
                body: "{\"choose\":\"\(other["version"]?.string ?? "")\"}")
            #expect(settled.status == 200, "\(settled.json)")
            #expect(try shown(id)["fields"]?["title"] == other["value"])
            #expect(try client.ask("GET", "/conflicts").json["total"]?.integer == 0)
            let entry = try #require(settled.json["entry"]?.string)
            #expect(try client.ask("POST", "/log/\(entry)/undo").status == 200)
            #expect(try client.ask("GET", "/conflicts").json["total"]?.integer == 1)
            try ana.quipu("verify")
        }

        @Test func `the same request with the same key is done once`() throws {
            let body = "{\"kind\":\"note\",\"fields\":{\"text\":\"once\"}}"
            let first = try client.ask("POST", "/records", ["Idempotency-Key: k1"], body: body)
            let again = try client.ask("POST", "/records", ["Idempotency-Key: k1"], body: body)
            #expect(first.status == 201 && again.status == 201)
            #expect(
                again.json["id"] == first.json["id"] && again.head.header("Idempotency-Replayed") == "true")
            #expect(try client.ask("GET", "/records?q=kind:note").json["total"]?.integer == 1)
            let other = try client.ask(
                "POST", "/records", ["Idempotency-Key: k1"],
                body: "{\"kind\":\"note\",\"fields\":{\"text\":\"twice\"}}")
            #expect(other.status == 422 && other.problem == "idempotency-key-reused")
        }

        @Test func `a waiting request for changes returns when another process writes`() throws {
            let end = try client.ask("GET", "/changes").json["position"]?.integer ?? 0
            let client = client
            let answer = Mutex<JSONValue?>(nil)
            let thread = Thread {
                let heard = try? client.ask("GET", "/changes?since=\(end)&wait=9").json
                answer.withLock { $0 = heard ?? .null }
            }
            thread.start()
            _ = try ana.add(title: "News")
            while answer.withLock({ $0 }) == nil { sched_yield() }
            let heard = try #require(answer.withLock { $0 })
            #expect(heard["changes"]?.array?.count == 1, "\(heard)")
            #expect(heard["position"]?.integer == end + 1)
            let lines = try client.ask(
                "GET", "/changes?since=\(end)", ["Accept: application/x-ndjson"])
            #expect(lines.head.text.split(separator: "\n").count == 1)
            #expect(lines.head.header("Quipu-Position") == "\(end + 1)")
        }

        @Test func `a passage is annotated by its place, and the annotation is found, changed and deleted`()
            throws
        {
            let (id, _) = try article("Water")
            let made = try client.ask(
                "POST", "/annotations/",
                body: """
                    {"type":"Annotation","body":[{"type":"TextualBody","purpose":"commenting","value":"sixty"},
                    {"purpose":"tagging","value":"union"}],"target":{"source":"\(id)",
                    "selector":{"type":"TextPositionSelector","start":10,"end":23}}}
                    """)
            #expect(made.status == 201, "\(made.json)")
            let selectors = made.json["target"]?["selector"]?.array
            #expect(selectors?.first?["exact"]?.string == "forty workers")
            let whole = try client.ask("GET", "/records/\(id)?with=dependents").json
            #expect(whole["dependents"]?[0]?["passage"]?["state"]?.string == "found")
            let annotation = try #require(made.json["uuid"]?.string)
            let changed = try client.ask(
                "PUT", "/annotations/\(annotation)", ["If-Match: \(made.tag)"],
                body: "{\"type\":\"Annotation\",\"body\":\"seventy\"}")
            #expect(changed.status == 200 && changed.json["body"]?.array?.count == 1)
            let gone = try client.ask("DELETE", "/annotations/\(annotation)", ["If-Match: \(changed.tag)"])
            #expect(gone.status == 204)
            for place in [
                "{\"start\":10,\"end\":900}", "{\"start\":5,\"end\":5}", "{\"start\":-1,\"end\":2}",
            ] {
                let body =
                    "{\"type\":\"Annotation\",\"target\":{\"source\":\"\(id)\",\"selector\":{\"type\":\"TextPositionSelector\","
                let refused = try client.ask("POST", "/annotations/", body: body + place.dropFirst() + "}}")
                #expect(refused.status == 422, "\(place)")
            }
        }

        @Test func `a file is imported after a preview that writes nothing, and exported again`() throws {
            let line = "{\"title\":\"Neu\",\"body\":\"Text\",\"section\":\"A\"}\n"
            let path = "/import?filename=new.jsonl&collection=Press"
            let preview = try client.ask(
                "POST", path + "&preview=true", body: line, type: "application/octet-stream")
            #expect(preview.json["created"]?.integer == 1, "\(preview.json)")
            #expect(preview.json["items"]?[0]?["fields"]?["title"]?.string == "Neu")
            #expect(try client.ask("GET", "/records").json["total"]?.integer == 0)
            let done = try client.ask("POST", path, body: line, type: "application/octet-stream")
            #expect(done.status == 200 && done.json["created"]?.integer == 1)
            #expect(
                try client.ask("GET", "/log?limit=1").json["entries"]?[0]?["words"]?.string
                    == "import new.jsonl")
            #expect(try client.ask("GET", "/export?q=kind:article").head.text.contains("\"Neu\""))
            #expect(try client.ask("GET", "/export?format=csv&spreadsheet=perhaps").status == 400)
            let collections = try client.ask("GET", "/collections").json["collections"]
            #expect(collections?[0]?["name"]?.string == "Press" && collections?[0]?["count"]?.integer == 1)
            let entry = try #require(done.json["entry"]?.string)
            #expect(try client.ask("POST", "/log/\(entry)/undo").status == 200)
            #expect(try client.ask("GET", "/records?q=kind:article").json["total"]?.integer == 0)
            let refused = try client.ask(
                "POST", "/import?filename=x.pdf", body: "%PDF-1.4 nothing", type: "application/octet-stream")
            #expect(refused.status == 422, "\(refused.json)")
        }

        @Test func `an attachment is shown with a ticket, saved whatever it claims to be, and never run`()
            throws
        {
            let (id, _) = try article("Water")
            func attach(_ name: String, _ text: String) throws -> String {
                let made = try client.ask(
                    "POST", "/records/\(id)/attachments?filename=\(name)", body: text,
                    type: "application/octet-stream")
                #expect(made.status == 201, "\(made.json)")
                return try #require(made.json["uuid"]?.string)
            }
            let picture = try attach("a.png", "picture")
            let page = try attach("a.html", "<script>alert(1)</script>")
            let ticket = try client.ask("POST", "/tickets", body: "{\"attachment\":\"\(picture)\"}")
            let address = try #require(ticket.json["url"]?.string)
            let shown = try self.page.stranger.ask("GET", "/" + address)
            #expect(shown.status == 200 && shown.head.text == "picture")
            #expect(shown.head.header("Content-Type") == "image/png")
            // It opens no other.
            let other = address.replacing(picture, with: page)
            #expect(try self.page.stranger.ask("GET", "/" + other).status == 403)
            let saved = try client.ask("GET", "/attachments/\(page)/content")
            #expect(saved.head.header("Content-Type") == "application/octet-stream")
            #expect(saved.head.header("Content-Disposition")?.hasPrefix("attachment") == true)
        }

        @Test func `many records are tagged as one entry of the log`() throws {
            let ids = try ["One", "Two", "Three"].map { try article($0).id }
            let list = ids.map { "\"\($0)\"" }.joined(separator: ",")
            let done = try client.ask(
                "POST", "/edits", body: "{\"records\":[\(list)],\"tags\":{\"river\":true}}")
            #expect(done.status == 200 && done.json["count"]?.integer == 3)
            let newest = try client.ask("GET", "/log?limit=1").json["entries"]?[0]
            #expect(newest?["recordCount"]?.integer == 3 && newest?["words"]?.string == "tag +river")
            // What is so already is not written again.
            let again = try client.ask(
                "POST", "/edits", body: "{\"records\":[\(list)],\"tags\":{\"river\":true}}")
            #expect(again.json["version"]?.isNull == true)
            let odd = try client.ask(
                "POST", "/edits", body: "{\"records\":[\(list)],\"delete\":true,\"restore\":true}")
            #expect(odd.status == 422)
        }

        @Test func `a sync with a mirror is started from the page and reported to it`() throws {
            try ana.quipu("clone", ".", place.path(of: "stick"))
            try ana.quipu("remote", "add", "stick", place.path(of: "stick"))
            _ = try article("Water")
            let begun = try client.ask("POST", "/syncs", body: "{\"remote\":\"stick\"}")
            #expect(begun.status == 202, "\(begun.json)")
            let address = try #require(begun.head.header("Location"))
            var state = begun.json
            while state["state"]?.string == "running" {
                state = try client.ask("GET", "/" + address + "?wait=9").json
            }
            #expect(state["state"]?.string == "done" && state["report"]?["inSync"]?.bool == true, "\(state)")
            #expect(try client.ask("GET", "/status").json["mirrors"]?[0]?["name"]?.string == "stick")
        }

        @Test(arguments: [
            ("POST", "/records", "{", "application/json", 400),
            ("POST", "/records", "[]", "application/json", 422),
            ("POST", "/records", "{\"kind\":\"article\"}", "text/plain", 415),
            (
                "POST", "/records", "{\"kind\":\"article\",\"fields\":{\"nonsense\":1}}", "application/json",
                422
            ),
            (
                "POST", "/records", "{\"kind\":\"article\",\"fields\":{\"deleted\":true}}",
                "application/json", 422
            ),
            (
                "POST", "/records", "{\"kind\":\"article\",\"fields\":{\"x-n\":1234567890123456789012}}",
                "application/json", 400
            ),
            ("POST", "/records", "{\"kind\":\"nonsense\",\"fields\":{}}", "application/json", 422),
            (
                "POST", "/records", "{\"kind\":\"article\",\"fields\":{\"tags\":[\"a\"]}}",
                "application/json", 422
            ),
            ("POST", "/records", "{\"kind\":\"article\",\"more\":1}", "application/json", 422),
            ("GET", "/records?limit=0", nil, "", 400), ("GET", "/records?sort=size", nil, "", 400),
            ("GET", "/records?after=x", nil, "", 400), ("GET", "/records/nothing", nil, "", 404),
            ("GET", "/log/nothing", nil, "", 404), ("GET", "/syncs/7", nil, "", 404),
            ("POST", "/syncs", "{\"remote\":\"nobody\"}", "application/json", 404),
            ("PATCH", "/records", "{}", "application/json", 405),
        ])
        func `a request that cannot be accepted is refused with what to do, and nothing is written`(
            method: String, path: String, body: String?, type: String, status: Int
        ) throws {
            let answer = try client.ask(method, path, body: body, type: type)
            #expect(answer.status == status, "\(answer.json)")
            #expect(answer.json["title"]?.string?.isEmpty == false && answer.problem != nil)
            #expect(try client.ask("GET", "/changes?since=0").json["changes"]?.array?.isEmpty == true)
        }
    }
}
