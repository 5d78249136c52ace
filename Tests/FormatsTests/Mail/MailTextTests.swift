import QuipuFormats
import Testing

@Suite struct MailTextTests {
    private func message(_ header: String, _ body: String) -> String {
        "From: \"Smith, John\" <a@ex.org>\nSubject: S\nDate: Wed, 1 Jan 2020 10:00:00 +0000\nMessage-ID: <f1@ex.org>\n\(header)\n\n\(body)\n"
    }

    @Test func `a sender's inverted name is turned, and an organisation's is not`() throws {
        #expect(try Reading(message("To: b@ex.org", "x")).items.first?.text("author") == "John Smith")
        let firm = message("To: b@ex.org", "x").replacing("Smith, John", with: "Valley Press, Inc.")
        #expect(try Reading(firm).items.first?.text("author") == "Valley Press, Inc.")
    }

    @Test func `Thunderbird's tags are tags, and their keys are kept`() throws {
        let item = try #require(
            try Reading(message("X-Mozilla-Keys: $label1 water NonJunk $Forwarded", "x")).items.first)
        #expect(item.tags == ["Important", "water"])
        #expect(item.text("x-mozilla-keys") == "$label1 water NonJunk $Forwarded")
        #expect(try Reading(message("X-Mozilla-Keys:         ", "x")).items.first?.tags == [])
    }

    @Test func `an encoding that nobody knows is named`() throws {
        let reading = try Reading(message("Content-Type: text/plain; charset=\"x-unknown-9\"", "body"))
        #expect(reading.items.first?.text("body") == "body")
        #expect(
            reading.remarks.count == 1 && reading.remarks[0].contains("its encoding x-unknown-9 is not known")
        )
        for known in ["utf-8", "us-ascii", "koi8-r"] {
            #expect(
                try Reading(message("Content-Type: text/plain; charset=\(known)", "body")).remarks.isEmpty)
        }
    }

    @Test func `flowed lines in quoted-printable are joined, and spaces added on the way are not`() throws {
        let header =
            "Content-Type: text/plain; charset=utf-8; format=flowed\nContent-Transfer-Encoding: quoted-printable"
        let reading = try Reading(message(header, "This goes=20\non and=20=\n ends.   \nNext=\n line."))
        #expect(reading.items.first?.text("body") == "This goes on and  ends.\nNext line.")
    }
}
