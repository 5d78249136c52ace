/// Pages in the manner of sites and programs, their texts made up.
enum PageSamples {
    private static let prose = [
        "The river rose for three days, and on the fourth the engineers opened the old sluice, which nobody had touched since 1974.",
        "“We had a choice between two bad things,” said Ana Quispe, who runs the works, “and we took the smaller one.”",
        "Below the dam, farmers moved their animals to the terraces, where, as their grandparents had told them, the water never comes.",
        "By evening the level had fallen by forty centimetres, but the road to the valley, and with it the market, stayed closed for a week.",
        "Nobody was hurt, and the ministry, which had promised repairs in 2019, now says that work will begin in the spring.",
    ]

    static var paragraphs: String { prose.map { "<p>\($0)</p>" }.joined(separator: "\n") }
    static var text: String { prose.joined(separator: "\n\n") }

    /// A news site: JSON-LD in a graph, Open Graph, boxes of links, comments, a form.
    static let news = """
        <!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
        <title>The old sluice opens again | The Valley Post</title>
        <link rel="canonical" href="/2024/05/sluice?utm_source=x">
        <meta property="og:site_name" content="The Valley Post"><meta property="og:title" content="The old sluice opens again">
        <meta name="keywords" content="river, floods">
        <meta property="article:tag" content="Water">
        <script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "x"},
         {"@type": ["NewsArticle"], "headline": "The old sluice opens again", "author": [{"@type": "Person", "name": "Ben Ruiz"},
         {"@type": "Person", "name": "Chloé Roux"}], "datePublished": "2024-05-06T07:08:09+02:00", "dateModified": "2024-05-07",
         "description": "After three days of rain &amp; worry.", "publisher": {"@type": "Organization", "name": "The Valley Post"}}]}</script>
        <script>document.write("<p>never shown</p>")</script></head>
        <body><header><nav class="menu"><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav></header>
        <main><article class="story"><h1>The old sluice opens again</h1>
        \(paragraphs)
        <div class="share-buttons"><a href="https://social.example/?u=1">Share this</a></div>
        <aside class="related"><h3>Related</h3><a href="/a">Another story</a></aside></article>
        <form action="/post"><input name="q"><button>Subscribe to our letter</button></form>
        <section id="comments" class="comments"><p>First! This is a comment by somebody, long enough to look like a paragraph.</p></section></main>
        <footer>Copyright, imprint, and so on</footer></body></html>
        """

    /// SingleFile: all in one file, the address in a comment, styles and pictures within.
    static let singleFile = """
        <!DOCTYPE html> <html lang=de><!--
         Page saved with SingleFile
         url: https://blog.example.org/2023/wasser#main
         saved date: Tue May 07 2024 10:11:12 GMT+0200 (Central European Summer Time)
        --><meta charset=utf-8><title>Wasser im Mai</title>
        <style>.sf-hidden{display:none!important}</style><style>@font-face{src:url(data:font/woff2;base64,AAAA)}</style>
        <body><div class=sf-hidden style="display:none"><p>Hidden words that nobody sees, long enough to count as text.</p></div>
        <div class=post><img src="data:image/png;base64,\(String(repeating: "A", count: 8_000))" alt="Der Fluss am Morgen">
        \(paragraphs)
        <p>Mehr dazu <a href=../2022/fluss>im alten Eintrag</a>.</p></div>
        """

    /// An article of a journal, with the names that library programs read.
    static let journal = """
        <html><head><title>Sediment after floods: a review - Journal of Rivers - Press</title>
        <meta name="citation_title" content="Sediment after floods: a review">
        <meta name="citation_author" content="Quispe, Ana"><meta name="citation_author" content="Roux, Chloé">
        <meta name="citation_publication_date" content="2021/03"><meta name="citation_doi" content="10.1234/rivers.2021.5">
        <meta name="DC.Language" content="en"><meta name="dc.description" content="What stays when the water goes.">
        </head><body><div id="content"><h2>1. Introduction</h2>\(paragraphs)<h2>2. Data</h2>
        <table><caption>Table 1</caption><tr><th>Year</th><th>Depth</th></tr><tr><td>1974</td><td>2.1</td></tr></table>
        <p>The depth, as the table shows, was measured at two places, and both were below the old dam, where most of it stays.</p>
        </div></body></html>
        """

    /// An old page: a table as layout, breaks for paragraphs, `font`, windows-1252 without a declaration.
    static let old = """
        <HTML><HEAD><TITLE>Letters from the valley</TITLE></HEAD><BODY BGCOLOR=white><TABLE WIDTH=600><TR><TD><A HREF=index.htm>back</A></TD>
        <TD><FONT FACE=Arial>\(prose.joined(separator: "<BR><BR>\n")) Caf\u{e9}.</FONT></TD></TR></TABLE></BODY></HTML>
        """

    /// Saved by a browser; the article's author and date stand in its text.
    static let blog = """
        <!DOCTYPE html>
        <!-- saved from url=(0034)https://ana.example.net/notes/rain -->
        <html><head><title>Rain</title></head><body><div class="entry-content"><h1>Notes on the rain of that May</h1>
        <p class="byline">By Ana Quispe</p><time datetime="2022-05-04" pubdate>4 May</time>
        \(paragraphs)</div></body></html>
        """

    /// A page that holds no article: a list of links.
    static let index = """
        <html><head><title>Links</title></head><body><ul><li><a href="https://example.org/1">One</a></li>
        <li><a href="https://example.org/2">Two</a></li></ul></body></html>
        """
}
