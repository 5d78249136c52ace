import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    struct SharedAttachmentTests {
        @Test func `a file that was attached through one server is saved through the other`() throws {
            let office = try SharedOffice()
            let (ana, ben) = (office.people[0], office.people[1])
            let content = Data((0..<2_000_003).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) })
            let path = ana.folder + "/interview.mp3"
            try content.write(to: URL(fileURLWithPath: path))
            let article = try #require(try ana.run(["list", "--json"]).lines.first?["id"]?.string)
            try ana.quipu("attach", article, path)
            let push = try ana.json("sync")
            #expect(push["attachments"]?["sent"]?.number == 1)
            // What it brought is in no cache of the first.
            try office.servers[0].stop()
            try ben.sync()
            try ben.quipu("save", article, "saved.mp3")
            #expect(FileManager.default.contents(atPath: ben.folder + "/saved.mp3") == content)
            #expect(try ben.json("status")["attachments"]?["missing"]?.number == 0)
        }
    }
}
