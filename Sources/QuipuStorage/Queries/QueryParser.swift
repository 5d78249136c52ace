/// Puts a query's tokens together.
struct QueryParser {
    struct Mistake: Error {
        let reason: String

        var message: String {
            "the query cannot be read, since \(reason): its words and filters must all fit, without OR and parentheses"
        }
    }

    private let tokens: [QueryScanner.Token]
    private var index = 0
    private var depth = 0

    init(_ tokens: [QueryScanner.Token]) { self.tokens = tokens }

    private var current: QueryScanner.Token? { index < tokens.count ? tokens[index] : nil }

    mutating func parse() throws(Mistake) -> Query.Node? {
        if tokens.isEmpty { return nil }
        let node = try alternatives()
        if current == .close { throw Mistake(reason: "a parenthesis is closed that was not opened") }
        return node
    }

    /// What is left when a query cannot be read: all of its terms, `-` before a term kept.
    static func conjunction(of tokens: [QueryScanner.Token]) -> Query.Node? {
        var nodes: [Query.Node] = []
        for (index, token) in tokens.enumerated() {
            guard case .term(let node) = token else { continue }
            let isNegated = index > 0 && tokens[index - 1] == .not
            nodes.append(isNegated ? .not(node) : node)
        }
        return joined(nodes)
    }

    private static func joined(_ nodes: [Query.Node]) -> Query.Node? {
        nodes.count > 1 ? .all(nodes) : nodes.first
    }

    private mutating func alternatives() throws(Mistake) -> Query.Node {
        var nodes = [try conjunction()]
        while current == .or {
            index += 1
            nodes.append(try conjunction())
        }
        return nodes.count > 1 ? .any(nodes) : nodes[0]
    }

    private mutating func conjunction() throws(Mistake) -> Query.Node {
        var nodes = [try negation()]
        while let token = current, token != .or, token != .close {
            if token == .and { index += 1 }
            nodes.append(try negation())
        }
        return nodes.count > 1 ? .all(nodes) : nodes[0]
    }

    private mutating func negation() throws(Mistake) -> Query.Node {
        var isNegated = false
        while current == .not {
            isNegated.toggle()
            index += 1
        }
        let node = try primary()
        return isNegated ? .not(node) : node
    }

    private mutating func primary() throws(Mistake) -> Query.Node {
        switch current {
        case .term(let node)?:
            index += 1
            return node
        case .open?:
            index += 1
            depth += 1
            guard depth <= Query.maximumDepth else {
                throw Mistake(reason: "more than \(Query.maximumDepth) parentheses are open at once")
            }
            let node = try alternatives()
            guard current == .close else { throw Mistake(reason: "a parenthesis is not closed") }
            index += 1
            depth -= 1
            return node
        case .close?: throw Mistake(reason: "nothing stands before a closing parenthesis")
        case .or?: throw Mistake(reason: "nothing stands before an OR")
        case .and?: throw Mistake(reason: "nothing stands before an AND")
        case .not?, nil:
            let last = index > 0 ? tokens[index - 1] : .not
            let name =
                switch last {
                case .or: "an OR"
                case .and: "an AND"
                case .open: "an opening parenthesis"
                default: "a NOT"
                }
            throw Mistake(reason: "nothing stands behind \(name)")
        }
    }
}
