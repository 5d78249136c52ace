import QuipuFormats
import Testing

@Suite struct FrontMatterTests {
    private func item(_ text: String) throws -> SourceItem {
        try #require(try Reading(text, as: .markdown).items.first)
    }

    @Test(
        arguments: [
            ("title: Chapter 5: The end of it", ["title": #""Chapter 5: The end of it""#]),
            ("title: @handle speaks", ["title": #""@handle speaks""#]),
            ("title: \"A\" and \"B\"", ["title": #""\"A\" and \"B\"""#]),
            ("title: 'It's here'", ["title": #""'It's here'""#]),
            ("title: \"C:\\path\"", ["title": #""C:\\path""#]),
            ("title: 50% of it\ndate: {{date}}", ["title": #""50% of it""#, "x-date": #""{{date}}""#]),
            ("title: %s", ["title": #""%s""#]), ("title: `code`", ["title": #""`code`""#]),
            (
                "title: T\ncreated: 2024-01-01\ncreated: 2024-01-02",
                ["title": #""T""#, "date": #""2024-01-01""#, "x-created": #""2024-01-02""#]
            ),
            (
                "title: T\nauthor: &me Ana\neditor: *me",
                ["title": #""T""#, "author": #""Ana""#, "x-editor": #""Ana""#]
            ),
            ("title: T\nx: !ruby/object 1", ["title": #""T""#, "x-x": #""!ruby/object 1""#]),
            ("title:T", ["title": #""T""#]),
            ("title: T\nsummary: a: b\n  and c", ["title": #""T""#, "abstract": #""a: b and c""#]),
            ("title: [1", ["title": #""[1""#]),
            ("title: T\nlist: [a, b: c", ["title": #""T""#, "x-list": #""[a, b: c""#]),
            (
                "Title: T\nURL: https://a.org\nDate: 2024-05-06",
                ["title": #""T""#, "url": #""https://a.org""#, "date": #""2024-05-06""#]
            ),
            (
                "title: T: U\nparams:\n  a: 1\n  b: [2]",
                ["title": #""T: U""#, "x-params": #"{"a":1,"b":[2]}"#]
            ),
            ("title: T: U\ntext: |\n  one\n\n  two", ["title": #""T: U""#, "x-text": #""one\n\ntwo\n""#]),
        ] as [(String, [String: String])])
    func `an error in one line of YAML affects no other line`(yaml: String, fields: [String: String]) throws {
        let item = try item("---\n\(yaml)\n---\nThe text.\n")
        #expect(item.texts == fields.merging(["body": #""The text.""#]) { $1 })
    }

    @Test(
        arguments: [
            ("tags: [news, #bad]", ["news", "bad"]), ("tags:\n  - #obsidian\n  - news\n  - ", ["news"]),
            ("title: a: b\ntags:\n\t- one\n\t- two", ["one", "two"]),
            ("title: a: b\ntags:\n- one\n- @two", ["one", "@two"]),
            ("Tags: a, b", ["a", "b"]), ("tags: '#a #b'", ["a", "b"]), ("keywords: [a, b", ["a", "b"]),
        ] as [(String, [String])])
    func `tags are found where site templates put them`(yaml: String, tags: [String]) throws {
        #expect(try item("---\n\(yaml)\n---\nThe text.\n").tags == tags)
    }

    @Test func `a front matter line without a meaning is reported, and its text is kept`() throws {
        let reading = try Reading("---\ntitle: T\nthis is no line of YAML\ndate: 2024\n---\nThe text.\n")
        let item = try #require(reading.items.first)
        #expect(item.texts["x-front-matter"] == #""this is no line of YAML""#)
        #expect(item.texts["date"] == #""2024""#)
        #expect(
            reading.remarks == [
                "this line of the front matter says nothing that was understood: this is no line of YAML"
            ])
        #expect(reading.remarkLines == [3])
        #expect(reading.rejections.isEmpty)
    }

    @Test(arguments: [
        "---\n\nText begins with a rule.\n\n---\n\nMore text here.", "---\nOne line of prose.\n---\nMore.",
        "---\n# A heading\n---\nMore.", "---\n- a list\n---\nMore.",
        "---\n\nNote: this is prose.\n\n---\nMore.",
        "---\nOnce upon a time: a story.\n---\nMore.", "+++\nA text with pluses.\n+++\nMore.",
        "---\n\n---\nMore.",
    ])
    func `a text that begins with a horizontal rule is read as text`(text: String) throws {
        let reading = try Reading(text)
        #expect(reading.rejections.isEmpty)
        #expect(reading.items.count == 1 || text.hasPrefix("+"))
        #expect(try item(text).texts["body"] == Reading(text, as: .markdown).fields.first?["body"])
        let body = try #require(try item(text).texts["body"])
        #expect(body.contains("More") && body.hasPrefix(#""---"#) || body.hasPrefix(#""+++"#))
    }

    @Test func `TOML front matter in Hugo's form is read`() throws {
        let item = try item(
            """
            +++
            # a comment
            title = "Toml \\u00e9 \\"one\\""
            date = 2024-03-04T05:06:07Z
            tags = ["a", 'b', # c
              "d"]
            draft = false
            weight = 1_0
            "quoted key" = 'C:\\path'
            long = \"\"\"
            two
            lines\"\"\"
            point = { x = 1, y.z = 2.5 }
            day = 1979-05-27 07:32:00

            [params]
            author = "Ana"
            [params.deep]
            n = 0x1F
            [[links]]
            u = "1"
            [[links]]
            u = "2"
            +++

            Body of toml.
            """)
        #expect(
            item.texts == [
                "title": #""Toml é \"one\"""#, "date": #""2024-03-04T05:06:07Z""#, "x-draft": "false",
                "x-weight": "10",
                "x-quoted key": #""C:\\path""#, "x-long": #""two\nlines""#,
                "x-point": #"{"x":1,"y":{"z":2.5}}"#,
                "x-day": #""1979-05-27 07:32:00""#, "x-params": #"{"author":"Ana","deep":{"n":31}}"#,
                "x-links": #"[{"u":"1"},{"u":"2"}]"#, "body": #""Body of toml.""#,
            ])
        #expect(item.tags == ["a", "b", "d"])
    }

    @Test func `an error in one line of TOML loses that line only`() throws {
        let reading = try Reading("+++\ntitle = \"T\"\nbad = no quotes\ndate = 2024-03-04\n+++\nThe text.\n")
        #expect(
            reading.fields == [
                [
                    "title": #""T""#, "date": #""2024-03-04""#, "x-front-matter": #""bad = no quotes""#,
                    "body": #""The text.""#,
                ]
            ])
        #expect(reading.remarkLines == [3])
    }

    @Test func `JSON front matter is read whole, and line by line where it is malformed`() throws {
        let whole = try Reading("{\n\"title\": \"Json one\",\n\"date\": \"2024-03-04\"\n}\n\nBody of json.\n")
        #expect(
            whole.fields == [
                ["title": #""Json one""#, "date": #""2024-03-04""#, "body": #""Body of json.""#]
            ])
        let slip = try Reading(
            "{\n\"title\": \"J\",\n\"bad\": nothing,\n\"date\": \"2024\",\n}\n\nBody.\n", as: .markdown)
        #expect(slip.fields.first?["title"] == #""J""#)
        #expect(slip.fields.first?["date"] == #""2024""#)
        #expect(slip.fields.first?["body"] == #""Body.""#)
        #expect(slip.remarkLines == [3])
    }

    @Test func `reading front matter never takes quadratic time`() throws {
        let lines = [
            "a: b: c\n", "a = \"\"\"\n", "a: [\n", "\"a\": x,\n", "[[a]]\n", "a: &x y\n", "no key\n", "- x\n",
        ]
        for (open, close) in [
            ("---\ntitle: T\n", "---\n"), ("+++\ntitle = 1\n", "+++\n"), ("{\n\"title\": 1,\n", "}\n"),
        ] {
            for line in lines {
                let text = open + String(repeating: line, count: 4_000) + close + "\nText.\n"
                _ = try Reading(text, as: .markdown)
            }
        }
    }

    @Test func `a name with the family's first is told in its order`() throws {
        let item = try item(
            "---\ntitle: T\nauthors: [Jane Doe, \"Roe, John\", \"Acme Tools, Inc.\"]\n---\nText.\n")
        #expect(item.texts["author"] == #"["Jane Doe","John Roe","Acme Tools, Inc."]"#)
    }
}
