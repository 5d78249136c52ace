extension RemotePages: ZoteroPages {
    func page(
        path: String
    ) throws(InterchangeError) -> (bytes: [UInt8], lastModifiedVersion: Int?, total: Int?) {
        let page = try page(path)
        return (page.bytes, page.lastModifiedVersion, page.total)
    }
}

/// Opens a library of Zotero, whose pages the caller fetches as they are asked for.
///
/// - Parameters:
///   - name: as places show it, `zotero:Floods`.
///   - collection: nil for the whole library.
///   - since: the library's version at the last reading; nil for all of it.
package func openZotero(
    named name: String, collection: String?, since: Int?, in processes: ReaderProcesses,
    _ supplier: @escaping PageSupplier
) throws(InterchangeError) -> any SourceReader {
    try processes.open(ReaderRequest.Library(collection: collection, since: since), named: name, supplier)
}
