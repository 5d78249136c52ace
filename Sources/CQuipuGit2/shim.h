#pragma once
// Declarations only: the library is loaded when the first merge is asked for (Sources/QuipuStorage/Editing/GitLibrary.swift).
#include <git2/merge.h>
#include <git2/version.h>
