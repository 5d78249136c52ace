/// One step of a small history: three replicas of an archive with one article, and what can befall them.
public enum Step: Hashable, Sendable {
    /// A person gives the body a new value.
    case set(Int)
    /// A person gives title and body new values at once.
    case setTwo(Int)
    case tag(Int)
    case untag(Int)
    /// A person annotates the article.
    case annotate(Int)
    /// A file with the article is imported; in one edition or another.
    case importing(Int, edition: String)
    case delete(Int)
    case restore(Int)
    /// A person forgets the deleted article for good.
    case purge(Int)
    /// A person settles the first open conflict by one of its values.
    case resolve(Int, choice: Int)
    /// A person settles a contested body by a value of its own.
    case mergeByHand(Int)
    /// The program merges two versions of the body.
    case merge(Int)
    /// A person takes back what it did last.
    case undo(Int)
    /// A file with a second article is imported; in one edition or another.
    case importingOther(Int, edition: String)
    /// A person gives the second article a title.
    case setOther(Int)
    /// A person merges the second article into the first one.
    case join(Int)
    /// A person merges the first article into the second one.
    case joinBack(Int)
    /// A person takes the second article out of the first one again.
    case part(Int)
    case compact(Int)
    /// One's folder is copied over another's.
    case copy(Int, to: Int)
    /// The whole folder is put back to what it was when the history began.
    case putBack(Int)
    /// Only the archive is, and what this machine remembers of itself is not.
    case putBackArchive(Int)
    /// A complete exchange.
    case exchange(Int, with: Int)
    /// One asks another, gets one transaction, and the link is cut.
    case pull(Int, from: Int)
    /// One transaction goes each way, and the link is cut before the reply to the second message.
    case cut(Int, with: Int)

    /// What sort of step it is.
    public var verb: Plot.Verb {
        switch self {
        case .set: .set
        case .setTwo: .setTwo
        case .tag: .tag
        case .untag: .untag
        case .annotate: .annotate
        case .importing: .importing
        case .delete: .delete
        case .restore: .restore
        case .purge: .purge
        case .resolve: .resolve
        case .mergeByHand: .mergeByHand
        case .merge: .merge
        case .undo: .undo
        case .compact: .compact
        case .importingOther: .importingOther
        case .setOther: .setOther
        case .join: .join
        case .joinBack: .joinBack
        case .part: .part
        case .copy: .copy
        case .putBack: .putBack
        case .putBackArchive: .putBackArchive
        case .exchange: .exchange
        case .pull: .pull
        case .cut: .cut
        }
    }

    /// The replica that writes into its log by itself; nil for what no person or program of it does.
    public var writer: Int? {
        switch self {
        case .set(let at), .setTwo(let at), .tag(let at), .untag(let at), .annotate(let at),
            .importing(let at, _), .delete(let at), .restore(let at), .purge(let at), .resolve(let at, _),
            .mergeByHand(let at), .merge(let at), .undo(let at), .importingOther(let at, _),
            .setOther(let at),
            .join(let at), .joinBack(let at), .part(let at):
            at
        case .compact, .copy, .putBack, .putBackArchive, .exchange, .pull, .cut: nil
        }
    }
}

extension Step: CustomStringConvertible {
    public static let names = ["Ana", "Ben", "Caro"]

    public var description: String {
        func name(_ replica: Int) -> String { Self.names[replica] }
        return switch self {
        case .set(let at): "\(name(at)) sets the body"
        case .setTwo(let at): "\(name(at)) sets title and body"
        case .tag(let at): "\(name(at)) adds the tag"
        case .untag(let at): "\(name(at)) removes the tag"
        case .annotate(let at): "\(name(at)) annotates the article"
        case .importing(let at, let edition): "\(name(at)) imports edition \(edition)"
        case .delete(let at): "\(name(at)) deletes the article"
        case .restore(let at): "\(name(at)) restores the article"
        case .purge(let at): "\(name(at)) purges the article"
        case .resolve(let at, let choice): "\(name(at)) settles the first conflict by value \(choice)"
        case .mergeByHand(let at): "\(name(at)) merges the bodies by hand"
        case .merge(let at): "\(name(at))'s program merges the bodies"
        case .undo(let at): "\(name(at)) takes back the last entry"
        case .importingOther(let at, let edition):
            "\(name(at)) imports edition \(edition) of the second article"
        case .setOther(let at): "\(name(at)) sets the second article's title"
        case .join(let at): "\(name(at)) merges the second article into the first"
        case .joinBack(let at): "\(name(at)) merges the first article into the second"
        case .part(let at): "\(name(at)) takes the second article out of the first"
        case .compact(let at): "\(name(at)) compacts"
        case .copy(let from, let to): "\(name(from))'s folder is copied over \(name(to))'s"
        case .putBack(let at): "\(name(at))'s folder is put back to the beginning"
        case .putBackArchive(let at): "\(name(at))'s archive.sqlite alone is put back to the beginning"
        case .exchange(let one, let other): "\(name(one)) and \(name(other)) exchange all"
        case .pull(let one, let other): "\(name(one)) gets one transaction of \(name(other))'s; then a cut"
        case .cut(let one, let other):
            "\(name(one)) and \(name(other)) exchange one transaction each; the last reply is lost"
        }
    }
}
