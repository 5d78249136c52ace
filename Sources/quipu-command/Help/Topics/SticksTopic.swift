extension CommandSet {
    /// `quipu help sticks`: mirrors that are carried.
    static var sticksTopic: Topic {
        Topic(
            name: "sticks", abstract: "how to carry an archive on a memory stick or another disk",
            blocks: [
                .paragraph(
                    "A stick holds a mirror like any other, in a folder. Each machine syncs with that folder; the machines "
                        + "need never meet."),
                .heading("Begin"),
                .example([
                    "quipu clone . /media/stick/press", "quipu remote add stick /media/stick/press",
                ]),
                .heading("Each time the stick is here"),
                .example(["quipu sync stick"]),
                .heading("On another machine"),
                .example(["quipu clone /media/stick/press"]),
                .paragraph(
                    "The clone remembers the stick as origin, so quipu sync is enough from then on. Without a name, the path "
                        + "itself will do: quipu sync /media/stick/press."),
                .heading("Safe handling"),
                .paragraph(
                    "Unmount the stick before you pull it out. If it is pulled out in the middle of a sync, sync again: what "
                        + "was written is either complete or not there. If the stick was damaged, quipu doctor in its folder "
                        + "says so, and quipu doctor --repair repairs what follows from the log."),
                .paragraph(
                    "A stick that cannot be written can still be read: quipu clone and quipu list work on it."
                ),
                .paragraph(
                    "Do not copy the folder .quipu by hand to make a mirror. If it happened, nothing is lost: the next sync "
                        + "finds it and gives the copy a name of its own."),
                .heading("Files instead of a mirror on the stick"),
                .paragraph(
                    "Where two machines never meet, bundles carry the changes: one file each way, which also tells what its "
                        + "sender holds, so that the next one has only what is new. A stick that is lost costs no edit."
                ),
                .example([
                    "quipu bundle create /media/stick/for-ben.bundle --for ben",
                    "quipu bundle apply /media/stick/for-ana.bundle",
                ]),
                .paragraph(
                    "The first bundle is made without --for and holds everything. The first of a new sender asks whether its "
                        + "key is accepted. Of a file that was copied in part the whole blocks, of up to 1 MB each, are used. FAT "
                        + "takes no file of 4 GB: use --split 2G. Attached files do not travel in bundles, and bundles are signed "
                        + "but not encrypted."),
                .heading("One file instead of a folder"),
                .paragraph(
                    "quipu backup FILE writes the archive into one file, and attached files into a folder beside it; quipu "
                        + "clone FILE DIR makes a mirror of it. A stick may be lost: its contents are not encrypted."
                ),
            ])
    }
}
