/// Messages in the manner of those that programs write.
enum MailSamples {
    static let newsletter = """
        Return-Path: <bounce@valley.example>
        Received: by mx.example with SMTP id 7; Mon, 6 May 2024 07:08:10 +0000
        From: =?utf-8?Q?In=C3=A9s_Mamani?= <ines@valley.example>
        To: "Ruiz, Ben" <ben@example.org>, ana@example.org
        Subject: =?UTF-8?B?TGEgY3JlY2lkYSBkZWwgcsOt?=
         =?UTF-8?B?bw==?=
        Date: Mon, 6 May 2024 07:08:09 +0000 (UTC)
        Message-ID: <20240506.1@valley.example>
        List-Id: The valley <news.valley.example>
        Archived-At: <https://valley.example/news/1>
        X-Gmail-Labels: Inbox,"Water, rivers",=?UTF-8?Q?Le=C3=ADdo?=
        MIME-Version: 1.0
        Content-Type: multipart/alternative; boundary="=_b1"

        This is a message in several parts.
        --=_b1
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        El lunes creci=C3=B3 el r=
        =C3=ADo.

        Nadie result=C3=B3 herido.
        --=_b1
        Content-Type: text/html; charset=utf-8

        <html><body><p>El lunes creci&oacute; el r&iacute;o, en HTML.</p></body></html>
        --=_b1--

        """

    static let html = """
        From: news@valley.example (The Valley Paper)
        Date: 6 May 2024 07:08 -0500
        Subject: Floods
        Message-Id: <2@valley.example>
        Content-Type: text/html; charset="iso-8859-1"
        Content-Transfer-Encoding: base64

        PGgxPkZsb29kczwvaDE+PHA+VGhlIG1pbGwgc3Rvb2QgaW4g9nRoZSB3YXRlci48L3A+PHA+U2Vj
        b25kLjwvcD4=
        """

    static let attached = """
        From: ana@example.org
        To: ben@example.org
        Subject: The report
        Date: Tue, 7 May 2024 10:00:00 +0200
        Message-ID: <3@example.org>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=outer

        --outer
        Content-Type: text/plain; charset=us-ascii; format=flowed

        This line goes on\u{20}
        in the next one.
        > A quotation\u{20}
        > goes on too.
        --outer
        Content-Type: application/pdf; name="../../etc/report.pdf"
        Content-Disposition: attachment; filename*=utf-8''..%2F..%2Finforme%20sobre%20r%C3%ADos.pdf
        Content-Transfer-Encoding: base64

        JVBERi0xLjQK
        --outer
        Content-Type: message/rfc822

        From: old@example.org
        Subject: An older one

        Text.
        --outer--
        """

    static let old = """
        From: "O'Neill, Sam" <sam@example.org>
        Subject: Re: [valley] notes
        Date: Thu, 13 Feb 1997 15:33:59 EST
        In-Reply-To: <1@example.org>
        X-Mailer: Mailer 3.0

        Just text, with a dash \u{2014} and no declaration.

        >From the river it was far.
        """

    static let mailbox = """
        From ana@example.org Mon May  6 07:08:09 2024
        From: ana@example.org
        Subject: One
        Message-ID: <m1@example.org>

        From here on it is text.

        >From the hills: a quotation of mbox.

        From ben@example.org Tue May  7 08:00:00 2024
        From: ben@example.org
        Subject: Two
        Message-ID: <m2@example.org>

        Second.

        """

    static let all = [newsletter, html, attached, old, mailbox]
}
