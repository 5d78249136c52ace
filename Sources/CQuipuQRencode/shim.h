#pragma once
// Declarations only: the library is loaded when the first code is drawn (Sources/Quipu/Sharing/QRCode.swift).
#include <qrencode.h>
