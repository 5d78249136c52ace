internal import CQuipuXML2
internal import Glibc

/// libxml2, loaded when the first markup is read: most runs read none.
struct XMLLibrary: Sendable {
    typealias Handler = CQuipuXML2.quipu_sax_handler
    typealias CreateXML =
        @convention(c) (
            UnsafeMutablePointer<Handler>, UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int32,
            UnsafePointer<CChar>?
        ) -> OpaquePointer?
    typealias CreateHTML =
        @convention(c) (
            UnsafeMutablePointer<Handler>, UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int32,
            UnsafePointer<CChar>?, Int32
        ) -> OpaquePointer?
    typealias UseOptions = @convention(c) (OpaquePointer, Int32) -> Int32
    typealias ParseChunk = @convention(c) (OpaquePointer, UnsafePointer<CChar>?, Int32, Int32) -> Int32
    typealias Context = @convention(c) (OpaquePointer) -> Void

    let createXML: CreateXML
    let createHTML: CreateHTML
    let useXMLOptions: UseOptions
    let useHTMLOptions: UseOptions
    let parseXML: ParseChunk
    let parseHTML: ParseChunk
    let stop: Context
    let freeXML: Context
    let freeHTML: Context

    /// Nil where the library is not installed.
    static let loaded = XMLLibrary()

    private init?() {
        // The version of the binary interface that the shim declares.
        guard let handle = dlopen("libxml2.so.2", RTLD_NOW | RTLD_LOCAL),
            let createXML = dlsym(handle, "xmlCreatePushParserCtxt"),
            let createHTML = dlsym(handle, "htmlCreatePushParserCtxt"),
            let useXMLOptions = dlsym(handle, "xmlCtxtUseOptions"),
            let useHTMLOptions = dlsym(handle, "htmlCtxtUseOptions"),
            let parseXML = dlsym(handle, "xmlParseChunk"), let parseHTML = dlsym(handle, "htmlParseChunk"),
            let stop = dlsym(handle, "xmlStopParser"), let freeXML = dlsym(handle, "xmlFreeParserCtxt"),
            let freeHTML = dlsym(handle, "htmlFreeParserCtxt")
        else { return nil }
        self.createXML = unsafeBitCast(createXML, to: CreateXML.self)
        self.createHTML = unsafeBitCast(createHTML, to: CreateHTML.self)
        self.useXMLOptions = unsafeBitCast(useXMLOptions, to: UseOptions.self)
        self.useHTMLOptions = unsafeBitCast(useHTMLOptions, to: UseOptions.self)
        self.parseXML = unsafeBitCast(parseXML, to: ParseChunk.self)
        self.parseHTML = unsafeBitCast(parseHTML, to: ParseChunk.self)
        self.stop = unsafeBitCast(stop, to: Context.self)
        self.freeXML = unsafeBitCast(freeXML, to: Context.self)
        self.freeHTML = unsafeBitCast(freeHTML, to: Context.self)
    }

    /// For what is to be read: why it cannot be.
    static func required() throws(MarkupFailure) -> XMLLibrary {
        guard let loaded else {
            throw MarkupFailure("it is markup, which needs libxml2 (libxml2.so.2), and that is not installed")
        }
        return loaded
    }
}
