import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Commands and requests that ask for two things at once of the same field.
    struct ContradictionTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let id: String

        init() throws {
            (place, ana) = try Machine.withPress()
            id = try #require(try ana.json("add", "article", "title=Water", "tags/rain=true")["id"]?.string)
        }

        @Test func `a tag is given with one sign, and counts once however often it is given`() throws {
            let both = try ana.refusal("tag", id, "+river", "-river", exit: 2)
            #expect(both.error == "usage" && both.message.contains("contradict each other"), "\(both)")
            // Letters that look alike are the same tag.
            _ = try ana.refusal("tag", id, "+caf\u{E9}", "-cafe\u{301}", exit: 2)
            #expect(try ana.json("show", id)["tags"]?.array?.count == 1)
            let once = try ana.json("tag", id, "+river", "-rain", "+river", "-rain")
            #expect(once["tags"]?.array?.compactMap(\.string) == ["river"])
        }

        @Test func `a field is given one value, also under two names`() throws {
            _ = try ana.refusal("set", id, "x-year=1", "x-year=2", exit: 2)
            // It would look like a field of another name.
            #expect(try ana.refusal("set", id, "x-ye\tar=1").error == "unknown-field")
            let collection = try #require(
                try ana.json("add", "collection", "name=Press")["handle"]?.string)
            let refusal = try ana.refusal(
                "set", id, "collections/Press=true", "collections/\(collection)=false", exit: 2)
            #expect(refusal.message.contains("are the same field"), "\(refusal)")
            _ = try ana.refusal(
                "add", "article", "title=Two", "collections/Press=true", "collections/\(collection)=true",
                exit: 2)
            #expect(try ana.articleCount == 1)
        }

        @Test func `a request that names a field twice is refused, and nothing is written`() throws {
            let collection = try #require(try ana.json("add", "collection", "name=Press")["id"]?.string)
            let page = try OpenedPage(ana)
            let client = try page.signIn()
            let seen = try client.ask("GET", "/records/\(id)")
            for fields in [
                #"{"tags":{"café":true,"cafe\u0301":true}}"#, #"{"tags":{"river":true},"tags/river":false}"#,
                #"{"collections":{"Press":true,"\#(collection)":true}}"#, #"{"x-year":1,"x-year":2}"#,
            ] {
                let answer = try client.patch(id, fields, seen: seen.tag)
                #expect([400, 422].contains(answer.status), "\(fields): \(answer.json)")
            }
            for change in [
                #""tags":{"café":true,"cafe\u0301":false}"#,
                #""collections":{"Press":true,"\#(collection)":false}"#,
            ] {
                let answer = try client.ask("POST", "/edits", body: "{\"records\":[\"\(id)\"],\(change)}")
                #expect(answer.status == 422, "\(change): \(answer.json)")
            }
            #expect(try client.ask("GET", "/records/\(id)").tag == seen.tag)
        }
    }
}
