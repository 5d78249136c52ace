internal import Quipu

struct ListCommand: Command {
    static let declaration = CommandDeclaration(
        "list", abstract: "list records, all or those that fit a query",
        arguments: [ListingOptions.argument(minimum: 0)], options: ListingOptions.declarations,
        example: "quipu list kind:article tag:strike --sort date",
        discussion: """
            The last that came is listed first. What a query may contain is told by 'quipu help queries'; it is the same as \
            for 'quipu search', and options that are given with it must fit as well.
            """, synonyms: ["ls"], dashesAreTerms: true)

    let options: ListingOptions

    init(_ values: ParsedArguments) throws(UsageError) { options = try ListingOptions(values) }

    func run(in context: Context) throws -> ExitCode {
        let archive =
            options.listing.isOfAll && options.listing.order == nil
            ? try context.archive(.readOnly) : try context.archiveToSearch()
        try ListingReport(options: options, output: context.output).print(from: archive)
        return .done
    }
}

extension Context {
    /// A search brings the indexes up to date first, where the archive can be written.
    func archiveToSearch() throws -> Archive {
        do {
            return try archive(.readWrite)
        } catch let error as QuipuError
            where [.readOnly, .busy, .diskFull, .unsuitablePlace].contains(error.code)
        {
            return try archive(.readOnly)
        }
    }

    /// Web addresses and DOIs are found by an index; ids and handles are not.
    /// - Parameter names: of records that are looked at.
    func archive(naming names: String...) throws -> Archive { try archive(naming: names) }

    func archive(naming names: [String]) throws -> Archive {
        try names.contains(where: QueryWord.isWebName) ? archiveToSearch() : archive(.readOnly)
    }
}
