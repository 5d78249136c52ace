#pragma once
// Declarations only: the library is loaded by the process that reads foreign files, when the first compressed body is read.
#include <zlib.h>
