// The wire between the reader driver and a card program, one Unix stream socket a slot.
//
// A connected program is a card in the field; hanging up lifts it. The driver asks, the program answers:
//
//   question:  kind (1 byte)  length (2 bytes, big-endian)  body
//   answer:                   length (2 bytes, big-endian)  body      (none for IFD_KAZASU_OFF)
#ifndef IFD_KAZASU_H
#define IFD_KAZASU_H

#include <ifdhandler.h>

enum ifd_kazasu_kind {
    IFD_KAZASU_OFF = 0,     // the field goes off; no answer
    IFD_KAZASU_POWER = 1,   // power up or reset; the answer is the ATR, empty for a mute card
    IFD_KAZASU_APDU = 2,    // command APDU; the answer is the response APDU
    IFD_KAZASU_ESCAPE = 3,  // SCardControl: control code (4 bytes, big-endian) and data; the answer is the reader's
};

#endif
