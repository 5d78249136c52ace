extension CommandSet {
    /// `quipu help page`: the archive in a browser, and records over HTTP.
    static var pageTopic: Topic {
        Topic(
            name: "page", abstract: "the archive in a browser, and records over HTTP",
            blocks: [
                .heading("On this machine"),
                .paragraph(
                    """
                    quipu open serves the archive to your own browser and opens it there; quipu open ID shows a \
                    record, quipu open QUERY what a query finds. It ends when nobody has used the page for 30 \
                    minutes, or on Ctrl-C. Everything that the page needs is in the program: it works without a \
                    network.
                    """),
                .paragraph(
                    """
                    The page has an address of its own for each archive, http://LABEL.localhost:PORT, that nobody \
                    else knows. The first address has a code in it, which is good for a minute, once; the browser \
                    gets a secret for it that no cookie holds. If a code is used a second time, its session ends: \
                    open the page again. Other users of the machine, other programs' pages and other sites get \
                    nothing.
                    """),
                .heading("On a server"),
                .paragraph(
                    """
                    quipu serve shows the same page to a browser that opens the server's URL. Where there are tokens \
                    (quipu token add) the page asks for one and keeps it until its tab is closed. A reader's token \
                    reads; a writer's also edits, under the name that the token was made with. Without tokens the \
                    server answers only you, on this machine.
                    """),
                .paragraph(
                    """
                    Behind a proxy, name the address that people use: quipu serve --behind-proxy --public-url \
                    https://quipu.example
                    """),
                .heading("For programs"),
                .paragraph(
                    """
                    The page stands on an HTTP interface that other programs may use: /v1/archives/NAME/records and \
                    more, described in Schema/openapi.yaml and Schema/records-http.md. An edit says what its author \
                    has seen (If-Match); what was changed since is answered with the present record, or kept beside \
                    it as a conflict with Prefer: keep-both. Nothing is overwritten unseen.
                    """),
                .example([
                    "curl -H \"Authorization: Bearer $TOKEN\" \\",
                    "  'https://quipu.example/v1/archives/press/records?q=tag:river'",
                ]),
            ])
    }
}
