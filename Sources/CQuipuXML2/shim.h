#pragma once
// Declarations only: the library is loaded by the process that reads foreign files, when the first markup is read. Its own
// headers stand in a folder that no compiler looks into by itself, so what is used of them is declared here.
