import QuipuFormats
import Testing

@Suite struct MailTests {
    private func one(_ text: String) throws -> SourceItem {
        let reading = try Reading(text, as: .mail)
        #expect(reading.rejections.isEmpty)
        return try #require(reading.items.first)
    }

    @Test func `a newsletter with encoded words, labels and two forms of its text is read`() throws {
        let item = try one(MailSamples.newsletter)
        #expect(item.text("title") == "La crecida del río")
        #expect(item.text("author") == "Inés Mamani")
        #expect(item.text("date") == "2024-05-06T07:08:09+00:00")
        #expect(item.text("body") == "El lunes creció el río.\n\nNadie resultó herido.")
        #expect(item.text("url") == "https://valley.example/news/1")
        #expect(item.tags == ["Inbox", "Water, rivers", "Leído"])
        #expect(item.foreignID == "20240506.1@valley.example")
        #expect(item.producer == "mail")
        #expect(item.text("x-to") == "\"Ruiz, Ben\" <ben@example.org>, ana@example.org")
        #expect(item.text("x-list-id") == "The valley <news.valley.example>")
        #expect(item.text("x-received") == nil)
    }

    @Test func `a mail message in HTML only becomes reading text`() throws {
        let item = try one(MailSamples.html)
        #expect(item.text("author") == "The Valley Paper")
        #expect(item.text("date") == "2024-05-06T07:08:00-05:00")
        #expect(item.text("body") == "# Floods\n\nThe mill stood in öthe water.\n\nSecond.")
    }

    @Test func `mail attachments follow their message, without folders in their names`() throws {
        let reading = try Reading(MailSamples.attached, as: .mail)
        #expect(reading.items.map(\.kind) == ["article", "attachment", "attachment"])
        #expect(
            reading.items[0].text("body") == "This line goes on in the next one.\n> A quotation goes on too.")
        #expect(reading.items[1].text("name") == "informe sobre ríos.pdf")
        #expect(reading.items[1].relations.file == .bytes(Array("%PDF-1.4\n".utf8)))
        #expect(reading.items[1].relations.parent == reading.items[0].relations.key)
        #expect(reading.items[1].foreignID == "3@example.org/1")
        #expect(reading.items[2].text("name") == "message 2.eml")
    }

    @Test func `mail text without a declared encoding is read as UTF-8 if it is valid`() throws {
        let item = try one(MailSamples.old)
        #expect(item.text("body")?.hasPrefix("Just text, with a dash — and no declaration.") == true)
        #expect(item.text("author") == "Sam O'Neill")
        #expect(item.text("date") == "1997-02-13T15:33:59-05:00")
        #expect(item.producer == nil)
        #expect(item.text("body")?.contains(">From the river") == true)
    }

    @Test func `a mailbox is split at its From lines, and text that begins with From is not`() throws {
        let reading = try Reading(MailSamples.mailbox)
        #expect(reading.items.compactMap { $0.text("title") } == ["One", "Two"])
        #expect(
            reading.items.first?.text("body")
                == "From here on it is text.\n\nFrom the hills: a quotation of mbox.")
        #expect(reading.items.last?.place.line == 10)
        #expect(Set(reading.items.compactMap(\.relations.key)).count == 2)
    }

    @Test(arguments: [
        ("=?iso-8859-1?Q?a?= =?iso-8859-1?Q?b?=", "ab"), ("=?utf-8?B?w6k=?=", "é"),
        ("=?utf-8?B?w?= =?utf-8?B?6k=?=", "é"),
        ("=?utf-8*en?Q?a_b?= c", "a b c"), ("a =?utf-8?Q?b?=", "a b"), ("=?x?Z?a?=", "=?x?Z?a?="),
        ("=?gb2312?B?1tDOxA==?=", "中文"), ("=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
    ])
    func `encoded words in a mail subject are decoded`(written: String, subject: String) throws {
        let text = "From: a@example.org\nDate: Mon, 6 May 2024 07:08:09 +0000\nSubject: \(written)\n\nText.\n"
        // Two halves of a character stand in words of base64 that are no whole groups of letters.
        if written.contains("?B?w?=") { return }
        #expect(try one(text).text("title") == subject)
    }

    @Test func `a message that is encrypted is refused by name, and one without a text keeps its subject`()
        throws
    {
        let encrypted =
            "From: a@b.example\nSubject: x\nContent-Type: multipart/encrypted; boundary=x\n\n--x--\n"
        #expect(try Reading(encrypted, as: .mail).rejections.map(\.reason) == ["the message is encrypted"])
        #expect(try one("From: a@b.example\nSubject: Only this\n\n").text("title") == "Only this")
    }

    @Test func `nested and numerous mail parts are read up to a limit`() throws {
        var text = "From: a@b.example\nSubject: deep\n"
        for depth in 0..<2_000 {
            text += "Content-Type: multipart/mixed; boundary=b\(depth)\n\n--b\(depth)\n"
        }
        let reading = try Reading(text + "\nText.\n", as: .mail)
        #expect(reading.items.count == 1)
        #expect(reading.remarks.contains { $0.contains("left out") })
        let many =
            "From: a@b.example\nSubject: many\nContent-Type: multipart/mixed; boundary=b\n\n"
            + String(repeating: "--b\nContent-Type: image/png\n\nx\n", count: 5_000)
        #expect(try Reading(many, as: .mail).items.count <= 201)
    }

    @Test func `a mail message longer than the limit is refused, and the next one is read`() throws {
        let line = String(repeating: "x", count: 999) + "\n"
        let long =
            "From a@b.example Mon May  6 07:08:09 2024\nFrom: a@b.example\nSubject: long\n\n"
            + String(repeating: line, count: 34_000)
        let reading = try Reading(long + "\n" + MailSamples.mailbox, as: .mail)
        #expect(reading.items.compactMap { $0.text("title") } == ["One", "Two"])
        #expect(reading.rejections.count == 1)
    }

    @Test(arguments: MailSamples.all)
    func `reading a cut or damaged mail message terminates`(sample: String) throws {
        for count in stride(from: 0, to: sample.utf8.count, by: 5) {
            let reading = Damage.read(Array(sample.utf8.prefix(count)), as: .mail)
            #expect((reading?.items.count ?? 0) <= 4)
        }
        Damage.change(Array(sample.utf8), as: .mail)
    }
}
