internal import Quipu

/// What came of a bundle, in words.
struct BundleText {
    private let bundle: AppliedBundle
    private let sender: String
    private let date: String

    init(_ bundle: AppliedBundle, _ zone: ClockZone) {
        self.bundle = bundle
        sender = TerminalSanitizer.line(bundle.identity.sender)
        date = zone.short(milliseconds: bundle.identity.madeAtMilliseconds)
    }

    func say(to output: Output) {
        if bundle.isOwn {
            output.remark("this bundle was made here, on \(date): there is nothing new in it")
            return
        }
        output.remark("applied the bundle of \(sender), made \(date)")
        let known = bundle.transactions - bundle.appliedTransactions
        let new =
            bundle.appliedTransactions == 0
            ? "nothing new"
            : "\(counted(bundle.appliedTransactions, "new transaction")) (\(counted(bundle.appliedChanges, "change")))"
        let others = known == 0 ? "" : ", \(known) \(bundle.holdsAll ? "known" : "known or waiting")"
        output.remark("  \(new)\(others)")
        if bundle.mergedTexts > 0 {
            output.remark(
                "\(counted(bundle.mergedTexts, "text")) merged, with both changes: quipu log --merged shows which"
            )
        }
        for damage in bundle.damages { output.warn(damage.text(isApplied: true)) }
        if bundle.hasFurtherDamages { output.warn("there are more damaged places") }
        for refusal in bundle.refusals { output.warn("refused: \(refusal)") }
        for use in bundle.nameUses { output.warn("\(use.problem(in: output.clock))\n  \(use.advice)") }
        sayWhatIsHere(to: output)
        if bundle.missingTexts > 0 {
            output.advise(
                "\(countedAre(bundle.missingTexts, "text")) not here yet; your next bundle to \(sender) asks for "
                    + (bundle.missingTexts == 1 ? "it" : "them"))
        }
        if bundle.unsentTransactions > 0 {
            output.advise(
                "\(counted(bundle.unsentTransactions, "transaction")) that you have \(bundle.unsentTransactions == 1 ? "was" : "were") "
                    + "not there: quipu bundle create FILE --for \(Self.quoted(sender))")
        }
    }

    private func sayWhatIsHere(to output: Output) {
        if bundle.holdsAll {
            output.remark("everything that \(sender) held is here, as of their bundle of \(date)")
            return
        }
        if bundle.isForAnother {
            output.warn(
                "the bundle was made for \(TerminalSanitizer.line(bundle.identity.receiver ?? "somebody else")): it has "
                    + "only what that one lacked")
        }
        let missing = bundle.gaps.filter { $0.reason == .missing }.reduce(0) { $0 + $1.last - $1.first + 1 }
        if missing > 0 {
            output.warn(
                "\(countedAre(missing, "transaction")) still missing of what \(sender) held on \(date)\(Self.named(bundle.gaps))\n"
                    + "  nothing is lost: apply the missing parts or a fresh copy of the file; or give \(sender) a bundle of "
                    + "yours, and the next one from there has them: quipu bundle create FILE --for \(Self.quoted(sender))"
            )
        }
        if bundle.gaps.contains(where: { $0.reason == .diverged }) {
            output.warn(
                "a folder was copied, or a backup restored: both sides have other transactions under the same "
                    + "names\(Self.named(bundle.gaps))\n  nothing is lost: give \(sender) a bundle of yours, apply the next one "
                    + "from there, and so on until this message is gone; a single quipu sync settles it at once"
            )
        }
        if bundle.gaps.contains(where: { $0.reason == .renamed }) {
            output.warn(
                "the bundle was made before \(sender) knew of a copied folder or restored backup\n  nothing is lost: give "
                    + "\(sender) a bundle of yours, and apply the next one from there")
        }
        if !bundle.tellsKnowledge {
            output.warn(
                "what \(sender) held cannot be read from this file\n  copy it again, or ask for another bundle"
            )
        }
    }

    /// The first few gaps, as `quipu log` names transactions.
    private static func named(_ gaps: [AppliedBundle.Gap]) -> String {
        let shown = gaps.prefix(3).map { gap in
            gap.first == gap.last ? "\(gap.origin):\(gap.first)" : "\(gap.origin):\(gap.first)-\(gap.last)"
        }
        return shown.isEmpty ? "" : " (\(shown.joined(separator: ", "))\(gaps.count > 3 ? ", …" : ""))"
    }

    /// A name as a word of a shell command: somebody else chose it.
    static func quoted(_ name: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
        if !name.isEmpty, name.allSatisfy(plain.contains) { return name }
        return "'" + name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
            + "'"
    }
}

extension BundleDamage {
    /// Whether bytes of a file are not as they were written; a part that was not given is whole, elsewhere.
    var isOfBytes: Bool {
        if case .missingPart = self { return false }
        return true
    }

    /// What is damaged, and what to do.
    func text(isApplied: Bool) -> String {
        let used = isApplied ? "was used" : "can be used"
        return switch self {
        case .cut(let path, let byte):
            "the file ends too early, or has no whole block from byte \(byte) on: \(TerminalSanitizer.line(path))\n"
                + "  what stands in whole blocks before that \(used); copy the file again for the rest"
        case .rotten(let path, let bytes):
            "bytes \(bytes.lowerBound) to \(bytes.upperBound) are damaged: \(TerminalSanitizer.line(path))\n"
                + "  nothing of the block that they are in \(used); copy the file again"
        case .appended(let path, let bytes):
            "bytes \(bytes.lowerBound) to \(bytes.upperBound) stand behind the end of the bundle: "
                + "\(TerminalSanitizer.line(path))\n  nobody signed them, and they are not used"
        case .missingPart(let part): "part \(part) of the bundle was not given"
        case .missingBlocks(let range):
            "\(counted(range.count, "block")) of the bundle \(range.count == 1 ? "is" : "are") missing, from block \(range.lowerBound) on"
        }
    }

    var json: JSONText {
        switch self {
        case .cut(let path, let byte): ["cut": JSONText(path), "at": JSONText(byte)]
        case .rotten(let path, let bytes):
            [
                "damaged": JSONText(path), "from": JSONText(bytes.lowerBound),
                "to": JSONText(bytes.upperBound),
            ]
        case .appended(let path, let bytes):
            [
                "appended": JSONText(path), "from": JSONText(bytes.lowerBound),
                "to": JSONText(bytes.upperBound),
            ]
        case .missingPart(let part): ["missingPart": JSONText(part)]
        case .missingBlocks(let range):
            ["missingBlock": JSONText(range.lowerBound), "count": JSONText(range.count)]
        }
    }
}

extension BundleIdentity {
    var json: JSONText {
        [
            "sender": JSONText(sender), "key": JSONText(keyDigits),
            "made": JSONText(timeMilliseconds: madeAtMilliseconds), "for": JSONText(receiver),
            "archive": JSONText(archive),
        ]
    }
}

extension AppliedBundle {
    var json: JSONText {
        [
            "bundle": identity.json, "whole": JSONText(isWhole), "own": JSONText(isOwn),
            "parts": JSONText(parts.map { JSONText($0) }), "partCount": partCount.map { JSONText($0) } ?? nil,
            "transactions": JSONText(transactions), "applied": JSONText(appliedTransactions),
            "changes": JSONText(appliedChanges), "merged": JSONText(mergedTexts),
            "holdsAll": JSONText(holdsAll), "unsent": JSONText(unsentTransactions),
            "missingTexts": JSONText(missingTexts), "conflicts": JSONText(openConflicts),
            "damages": JSONText(damages.map(\.json)), "refused": JSONText(refusals),
            "gaps": JSONText(
                gaps.map { gap in
                    [
                        "origin": JSONText(gap.origin), "first": JSONText(gap.first),
                        "last": JSONText(gap.last),
                        "reason": JSONText("\(gap.reason)"),
                    ]
                }),
        ]
    }
}
