internal import Quipu

/// Prints what `list` and `search` find.
struct ListingReport {
    let options: ListingOptions
    let output: Output

    func print(from archive: Archive) throws {
        try options.check(in: archive)
        if options.isForCount {
            let (total, notes) = try archive.count(of: options.listing)
            warn(notes)
            output.json(["count": JSONText(total)])
            output.line("\(total)")
            return
        }
        let listing = options.limited(for: output)
        var rows = RecordListing(output, showsPassages: listing.hasWords)
        var total = 0
        try archive.forEachRecord(of: listing) {
            total = $0
            warn($1)
        } _: { hit, snapshot in
            try rows.add(hit, in: snapshot)
            return !output.isReaderGone
        }
        rows.flush()
        if total == 0 {
            let emptiness = emptiness
            output.remark(emptiness)
            if !listing.isBlank, !listing.query.contains(where: { $0.isLetter || $0.isNumber }) {
                output.advise("there is no word in the query; write for example: quipu search strike")
            }
        } else if rows.count < total, !output.isReaderGone {
            output.advise("\(rows.count) of \(counted(total, "record")); --limit 0 for all")
        }
    }

    private func warn(_ notes: [QueryNote]) {
        for note in notes { output.warn(note.message) }
    }

    private var emptiness: String {
        let listing = options.listing
        if !listing.isBlank { return "nothing found" }
        if listing.isForDeleted { return "no deleted record matches" }
        return listing.isOfAll ? "no records yet; quipu import FILE" : "no records fit"
    }
}
