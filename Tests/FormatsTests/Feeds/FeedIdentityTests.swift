import QuipuFormats
import Testing

/// What tells entries apart, and what is no text of theirs.
@Suite struct FeedIdentityTests {
    @Test func `a link to the feed's site is neither the address nor the id of an entry without a guid`()
        throws
    {
        let reading = try Reading(
            """
            <rss version="2.0"><channel><title>Alerts</title><link>http://alerts.example/</link>
            <item><title>Flood</title><link>http://alerts.example</link><description>The river.</description></item>
            <item><title>Heat</title><link>http://alerts.example/</link><guid isPermaLink="false">7</guid></item>
            <item><title>Storm</title><link>http://alerts.example/storm</link></item></channel></rss>
            """)
        #expect(reading.items.map(\.foreignID) == [nil, "7", "http://alerts.example/storm"])
        #expect(reading.items[0].text("url") == nil)
        #expect(reading.items[0].text("x-link") == "http://alerts.example")
        #expect(reading.items[1].text("url") == "http://alerts.example/")
        let json = try Reading(
            """
            {"version": "https://jsonfeed.org/version/1.1", "title": "Alerts", "home_page_url": "http://alerts.example/",
            "items": [{"url": "http://alerts.example/", "title": "Flood", "content_text": "The river."}]}
            """)
        #expect(json.items.map(\.foreignID) == [nil] && json.items.first?.text("url") == nil)
    }

    @Test func `the ids of an Atom feed without its own address are those of the feed's id`() throws {
        func feed(_ links: String) throws -> String? {
            try Reading(
                """
                <feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title><id>urn:one</id>\(links)
                <entry><id>1</id><title>Hello</title></entry></feed>
                """
            ).items.first?.producer
        }
        #expect(try feed("") == "feed:urn:one")
        #expect(try feed("<link href=\"http://blog.example/\"/>") == "feed:urn:one")
        #expect(
            try feed("<link rel=\"self\" href=\"http://blog.example/a.xml\"/>")
                == "feed:http://blog.example/a.xml")
    }

    @Test func `content that is no text becomes no body, and is kept with what it is`() throws {
        func entry(_ content: String) throws -> SourceItem {
            let feed = """
                <feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><entry><id>1</id><title>T</title>\(content)</entry></feed>
                """
            return try #require(try Reading(feed).items.first)
        }
        for type in ["image/png", "application/pdf", "image/svg+xml", "application/octet-stream"] {
            let item = try entry("<content type=\"\(type)\">iVBORw0KGgo=</content>")
            #expect(item.text("body") == nil && item.text("abstract") == nil)
            #expect(item.texts["x-content"] == "{\"content\":\"iVBORw0KGgo=\",\"type\":\"\(type)\"}")
        }
        let elsewhere = try entry(
            "<content type=\"text/html\" src=\"http://ex.org/a\"/><summary>Short</summary>")
        #expect(elsewhere.texts["x-content"] == #"{"src":"http://ex.org/a","type":"text/html"}"#)
        #expect(elsewhere.text("abstract") == "Short")
        #expect(
            try entry("<content type=\"text/html\">&lt;p&gt;Yes&lt;/p&gt;</content>").text("body") == "Yes")
    }

    @Test func `a journal's feed tells the DOI, the journal and the title alone`() throws {
        let item = try #require(
            try Reading(
                """
                <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
                xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">
                <channel rdf:about="http://j.example/"><title>Journals of a house</title><link>http://j.example/</link></channel>
                <item rdf:about="http://j.example/doi/10.1000/x?af=R"><title>Sluices, Volume 3</title>
                <link>http://j.example/doi/10.1000/x?af=R</link><dc:title>Sluices</dc:title><dc:identifier>doi:10.1000/x</dc:identifier>
                <prism:doi>10.1000/x</prism:doi><prism:publicationName>Rivers</prism:publicationName>
                <prism:volume>3</prism:volume></item></rdf:RDF>
                """
            ).items.first)
        #expect(item.text("title") == "Sluices")
        #expect(item.text("doi") == "10.1000/x")
        #expect(item.text("publisher") == "Rivers")
        #expect(item.text("x-prism:volume") == "3")
        #expect(item.text("x-prism:doi") == nil)
        #expect(item.foreignID == "http://j.example/doi/10.1000/x?af=R")
    }
}
