/// Where Zotero's API answers: the local one of a running Zotero, or a server in tests.
public protocol ZoteroPages {
    /// Gets one page of a library.
    ///
    /// - Parameter path: below the library's address, `collections?limit=100&start=0`, with its query.
    /// - Returns: the body, and the numbers of the headers `Last-Modified-Version` and `Total-Results`, nil where they are
    ///   missing.
    /// - Throws: what makes reading on pointless: nothing answers, an error's status.
    mutating func page(
        path: String
    ) throws(InterchangeError) -> (bytes: [UInt8], lastModifiedVersion: Int?, total: Int?)
}
