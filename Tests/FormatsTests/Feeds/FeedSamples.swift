/// Feeds in the manner of those that programs write.
enum FeedSamples {
    static let rss = """
        <?xml version="1.0" encoding="UTF-8"?>
        <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
          xmlns:atom="http://www.w3.org/2005/Atom" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
          xmlns:media="http://search.yahoo.com/mrss/">
        <channel>
          <title>The Valley Paper</title>
          <atom:link href="https://valley.example/feed/" rel="self" type="application/rss+xml" />
          <link>https://valley.example</link>
          <language>en-GB</language>
          <item>
            <title>Floods &amp; mills</title>
            <link>https://valley.example/floods?a=1&amp;b=2</link>
            <dc:creator><![CDATA[Ana Quispe]]></dc:creator>
            <pubDate>Mon, 06 May 2024 07:08:09 +0000</pubDate>
            <category><![CDATA[Water]]></category>
            <category>History</category>
            <guid isPermaLink="false">https://valley.example/?p=17</guid>
            <description><![CDATA[<p>The river rose.</p>]]></description>
            <content:encoded><![CDATA[<p>On <em>Monday</em> the river rose.</p><p>Nobody was <a href="/hurt">hurt</a>.</p>]]></content:encoded>
            <slash:comments>4</slash:comments>
            <media:thumbnail url="https://valley.example/t.jpg"/>
            <enclosure url="https://valley.example/a.mp3" length="123" type="audio/mpeg"/>
          </item>
          <item>
            <description>A note without a title. It goes on &lt;b&gt;boldly&lt;/b&gt;.</description>
            <guid>https://valley.example/notes/2</guid>
            <author>ben@valley.example (Ben Ruiz)</author>
            <pubDate>Tue, 7 May 2024 10:00 EST</pubDate>
          </item>
        </channel></rss>
        """

    static let rdf = """
        <?xml version="1.0" encoding="ISO-8859-1"?>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
          xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://journal.example/rss"><title>Journal of Water</title><link>https://journal.example/</link>
          <items><rdf:Seq><rdf:li rdf:resource="https://journal.example/1"/></rdf:Seq></items></channel>
        <item rdf:about="https://journal.example/1"><title>Acequias</title><link>https://journal.example/1</link>
          <description>How water is shared.</description><dc:creator>Quispe, Ana</dc:creator><dc:date>2024-05-06</dc:date>
          <dc:identifier>doi:10.1000/182</dc:identifier></item>
        </rdf:RDF>
        """

    static let old = """
        <?xml version="1.0"?>
        <!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
        <rss version="0.91"><channel><title>Old news</title><link>http://old.example/</link><description>x</description>
        <item><title>First</title><link>http://old.example/1</link><description>One &mdash; &nbsp;two</description></item>
        <item><title>Second</title><link>http://old.example/2?x=1&y=2</link></item></channel></rss>
        """

    static let atom = """
        <?xml version="1.0" encoding="utf-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="es" xml:base="https://blog.example/">
          <title type="html">Cuaderno &lt;em&gt;de agua&lt;/em&gt;</title><id>tag:blog.example,2024:feed</id>
          <link rel="self" href="feed.atom"/><link href="/"/><author><name>Inés Mamani</name></author>
          <updated>2024-05-08T00:00:00Z</updated>
          <entry><title>La crecida</title><id>tag:blog.example,2024:1</id>
            <link rel="alternate" type="text/html" href="2024/crecida"/><link rel="edit" href="edit/1"/>
            <published>2024-05-06T07:08:09-05:00</published><updated>2024-05-07T00:00:00Z</updated>
            <category term="agua" label="Agua"/>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>El lunes <b>creció</b> el río.</p>
              <ul><li>uno</li><li>dos</li></ul></div></content></entry>
          <entry><title type="text">1 &lt; 2 &amp; 3</title><id>tag:blog.example,2024:2</id><link href="2024/dos"/>
            <updated>2024-05-08T00:00:00Z</updated><summary>Solo un resumen.</summary>
            <author><name>Ben Ruiz</name><uri>https://ben.example</uri></author></entry>
        </feed>
        """

    static let oldAtom = """
        <feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="en"><title>Atom of old</title>
        <link rel="alternate" type="text/html" href="http://atom.example/"/>
        <entry><title mode="escaped" type="text/html">A &amp;amp; B</title><id>tag:atom.example,2003:1</id>
        <link rel="alternate" type="text/html" href="http://atom.example/1"/><issued>2003-12-13T08:29:29-04:00</issued>
        <modified>2003-12-13T18:30:02Z</modified>
        <content type="text/html" mode="base64">PHA+Rmlyc3QuPC9wPjxwPlNlY29uZC48L3A+</content></entry></feed>
        """

    static let json = """
        {"version": "https://jsonfeed.org/version/1.1", "title": "A JSON feed", "home_page_url": "https://json.example/",
         "feed_url": "https://json.example/feed.json", "language": "en",
         "items": [
          {"id": "1", "url": "/2024/one", "title": "One", "content_html": "<p>First.</p><p>Second.</p>",
           "date_published": "2024-05-06T07:08:09+02:00", "authors": [{"name": "Ana Quispe"}], "tags": ["water"],
           "attachments": [{"url": "https://json.example/a.mp3", "mime_type": "audio/mpeg"}]},
          {"id": 2, "external_url": "https://elsewhere.example/two", "content_text": "Only text.\\n\\nTwo paragraphs.",
           "date_modified": "2024-05-07T00:00:00Z"}
        ]}
        """

    static let all = [rss, rdf, old, atom, oldAtom, json]
}
