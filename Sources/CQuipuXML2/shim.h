#pragma once
// Declarations only: the library is loaded by the process that reads foreign files, when the first markup is read. Its own
// headers stand in a folder that no compiler looks into by itself, so what is used of them is declared here: the binary
// interface of libxml2.so.2, which is the same from 2.6 to 2.13 (parser.h, HTMLparser.h).

/// xmlSAXHandler: the functions that its push parsers call. Those that are not used here stay null.
struct quipu_sax_handler {
    void *internalSubset, *isStandalone, *hasInternalSubset, *hasExternalSubset, *resolveEntity, *getEntity;
    void *entityDecl, *notationDecl, *attributeDecl, *elementDecl, *unparsedEntityDecl, *setDocumentLocator;
    void *startDocument, *endDocument;
    /// HTML: the attributes are pairs of name and value (or null), ended by a null name; null where there are none.
    void (*startElement)(void *context, const unsigned char *name, const unsigned char **attributes);
    void (*endElement)(void *context, const unsigned char *name);
    void *reference;
    void (*characters)(void *context, const unsigned char *bytes, int count);
    void (*ignorableWhitespace)(void *context, const unsigned char *bytes, int count);
    void *processingInstruction, *comment, *warning, *error, *fatalError, *getParameterEntity;
    void (*cdataBlock)(void *context, const unsigned char *bytes, int count);
    void *externalSubset;
    /// XML_SAX2_MAGIC for the functions below.
    unsigned int initialized;
    void *_private;
    /// XML: each attribute is five pointers: local name, prefix, namespace, the value's start and its end.
    void (*startElementNs)(
        void *context, const unsigned char *local, const unsigned char *prefix, const unsigned char *space,
        int spaceCount, const unsigned char **spaces, int attributeCount, int defaultedCount,
        const unsigned char **attributes);
    void (*endElementNs)(
        void *context, const unsigned char *local, const unsigned char *prefix, const unsigned char *space);
    void *serror;
};
