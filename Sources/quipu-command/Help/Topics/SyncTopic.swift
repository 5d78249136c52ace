extension CommandSet {
    /// `quipu help sync`: how mirrors exchange what they hold.
    static var syncTopic: Topic {
        Topic(
            name: "sync", abstract: "how mirrors exchange changes through a server or directly",
            blocks: [
                .paragraph(
                    "A mirror is a complete archive: you read and edit it without a network. A sync exchanges, both ways, "
                        + "what either side lacks. Mirrors need no centre: any two can sync, in any order, also by way of "
                        + "others."),
                .heading("Through a server"),
                .example([
                    "quipu remote add origin https://office.example.org:8420/press",
                    "quipu remote login origin", "quipu sync",
                ]),
                .paragraph(
                    "The first push makes the archive on the server, where the token allows it. Somebody else gets a mirror "
                        + "with quipu clone."),
                .example(["quipu clone --login https://office.example.org:8420/press"]),
                .heading("Two laptops in one place"),
                .example([
                    "quipu serve --share", "quipu sync --share 192.168.43.17 9ww7-yk3p-ya51-w",
                ]),
                .paragraph(
                    "The first command, in the folder of an archive, shows the second, which is typed on the other machine in its "
                        + "mirror; where there is none yet, type clone instead of sync. Capitals, hyphens and mixed-up O, I and L "
                        + "do not matter. The code is valid for 30 minutes and for the first replica that uses it; with --many "
                        + "for a group. Both machines must be in the same Wi-Fi or on one cable; if the address is not reached, try the "
                        + "others that are shown, and look at the firewall of the machine that serves."),
                .heading("Directly"),
                .paragraph(
                    "quipu serve in the folder of an archive serves it to this machine; to serve others it needs tokens and "
                        + "TLS. A path can be given wherever a URL can: a folder of this machine, a network share, a memory "
                        + "stick (quipu help sticks)."),
                .heading("What a sync says"),
                .paragraph(
                    "\"In sync\" is printed only when both sides hold the same and each has proved it. Two mirrors with the "
                        + "same digest hold the same; two people can compare it over the phone. quipu status prints it, "
                        + "quipu sync --dry-run says how far apart two mirrors are, and quipu verify REMOTE compares them "
                        + "in detail."),
                .heading("When the link is bad"),
                .paragraph(
                    "What has arrived is kept, on both sides, also of a message that was cut: run the same command again "
                        + "and it continues there. A link on which nothing moves for 60 seconds is given up; the variable "
                        + "QUIPU_TIMEOUT sets another time."),
                .heading("When every byte costs"),
                .example(["quipu sync --dry-run", "quipu sync --max-bytes 2M"]),
                .paragraph(
                    "The second command sends and receives at most so many bytes together: first what people wrote, then imported "
                        + "records with their titles and tags, then texts of more than 128 bytes, notes and annotations before bodies, the "
                        + "newest first, and files last. A record without its text shows \"text waits at origin (12 KB)\". The "
                        + "same command again continues; quipu sync brings all the rest. The first command shows how much has to go "
                        + "before any text does. Versions of a text that were replaced before it travelled stay where they are."
                ),
                .heading("All the time"),
                .paragraph(
                    "quipu sync --watch stays, sends edits as they are made and receives those of others at once. When the "
                        + "link is lost it tries again until it is back."),
                .heading("Before much is lost"),
                .paragraph(
                    "A sync stops before a collection of more than 20 records has lost nine tenths of them to others within "
                        + "a day, by deletion, by removal, by emptied fields or by merges. Look at what happened; if it is meant, run it with --accept-deletions."
                ),
            ])
    }
}
