#pragma once
// Declarations only: the library is loaded by the process that reads foreign files, when the first archive is read.
#include <archive.h>
#include <archive_entry.h>
