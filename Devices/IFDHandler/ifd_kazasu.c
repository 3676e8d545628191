// A reader driver for pcscd whose cards are programs: the PC/SC half of the virtual reader.
//
// Interface: PC/SC lite, MUSCLE IFD handler API, version 3.0 (ifdhandler.h).
//
// pcscd looks at a driver without an event function only every 400 ms, so a short tap would be lost. This one lends
// pcscd a function to sleep in (TAG_IFD_POLLING_THREAD_WITH_TIMEOUT) and returns from it the moment a card comes or goes,
// as a USB reader with an interrupt endpoint does.
//
// reader.conf:  FRIENDLYNAME "Any Reader Name"
//               DEVICENAME   /dev/null:/path/of/SLOT         (pcscd tests the part before the colon for existence)
//               LIBPATH      /path/of/libifdkazasu.so
//               CHANNELID    0
//
// Beside the socket SLOT three files steer and record a slot:
//   SLOT.off      while it exists, the reader has failed (IFD_NO_SUCH_DEVICE)
//   SLOT.deaf     while it exists, escapes are refused, as CCID drivers do by default
//   SLOT.escapes  every accepted escape, one line of hexadecimal each: what lamp and buzzer were told, card or no card
#define _GNU_SOURCE
#include "ifd_kazasu.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <reader.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    READERS = PCSCLITE_MAX_READERS_CONTEXTS,
    // A card program that hangs must not hold a thread of pcscd for ever; a real card is given up on as well.
    PATIENCE_MS = 5000,
    // While a reader is marked failed nobody knocks when it is repaired, so look again soon.
    FAILED_LOOK_MS = 100,
    LARGEST_BODY = 65535,
    LARGEST_ESCAPE = 4096,
    LARGEST_RECORD = 1 << 20,
};

// What pcscd has seen of the gap between a lifted card and the next. It asks for presence in several places but counts a
// removal in one alone, its event loop, between two sleeps. Until that has certainly seen the empty slot the next card must
// wait, or a swap would look like one card that stayed, and the tap would be lost.
enum gap {
    GAP_OVER,   // the next card may come
    GAP_NEW,    // the card was lifted
    GAP_SHOWN,  // the event loop has come by once; at its next sleep it has asked in between
};

struct slot {
    bool used;
    DWORD lun;
    int listener;
    int card;  // connection of the card program, -1 when the slot is empty
    int wake[2];
    enum gap gap;
    UCHAR atr[MAX_ATR_SIZE];
    DWORD atr_length;
    // Guards card and atr. pcscd serialises most calls of one reader itself, but not against the sleeping event thread.
    pthread_mutex_t guard;
    char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static struct slot slots[READERS];
static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;

static struct slot *slot_of(DWORD lun) {
    struct slot *found = NULL;
    pthread_mutex_lock(&table);
    for (int i = 0; i < READERS && !found; i++)
        if (slots[i].used && slots[i].lun == lun) found = &slots[i];
    pthread_mutex_unlock(&table);
    return found;
}

static bool marked(const struct slot *s, const char *suffix) {
    char name[sizeof s->path + 8];
    snprintf(name, sizeof name, "%s%s", s->path, suffix);
    return access(name, F_OK) == 0;
}

static void lift(struct slot *s) {
    if (s->card >= 0) {
        close(s->card);
        s->gap = GAP_NEW;
    }
    s->card = -1;
    s->atr_length = 0;
}

// --- the wire ---

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// Waits for the descriptor until the deadline, which covers a whole exchange: a program that drips bytes gains nothing.
static bool ready_by(int fd, short events, int64_t deadline) {
    for (;;) {
        int64_t left = deadline - now_ms();
        struct pollfd p = {.fd = fd, .events = events};
        int n = left <= 0 ? 0 : poll(&p, 1, (int)left);
        if (n < 0 && errno == EINTR) continue;
        return n > 0 && (p.revents & events);
    }
}

static bool send_all(int fd, const uint8_t *bytes, size_t count, int64_t deadline) {
    while (count > 0) {
        ssize_t n = send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            bytes += n;
            count -= (size_t)n;
        } else if (n < 0 && errno != EINTR) {
            if (errno != EAGAIN || !ready_by(fd, POLLOUT, deadline)) return false;
        }
    }
    return true;
}

static bool receive_all(int fd, uint8_t *bytes, size_t count, int64_t deadline) {
    while (count > 0) {
        if (!ready_by(fd, POLLIN, deadline)) return false;
        ssize_t n = recv(fd, bytes, count, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) return false;
        if (n > 0) {
            bytes += n;
            count -= (size_t)n;
        }
    }
    return true;
}

// A program that broke the protocol, hung or left counts as a lifted card. Only the event thread's presence check closes
// the connection, so that pcscd always sees "absent" before the next card; here it is merely made to notice.
static bool broken(struct slot *s) {
    shutdown(s->card, SHUT_RDWR);
    return false;
}

static bool tell(struct slot *s, uint8_t kind, const uint8_t *body, size_t count, int64_t deadline) {
    uint8_t frame[3 + LARGEST_BODY];
    if (s->card < 0 || count > LARGEST_BODY) return false;
    // Bytes before the question belong to no answer: that program does not speak this protocol.
    struct pollfd early = {.fd = s->card, .events = POLLIN | POLLRDHUP};
    if (poll(&early, 1, 0) != 0) return broken(s);
    frame[0] = kind;
    frame[1] = (uint8_t)(count >> 8);
    frame[2] = (uint8_t)count;
    if (count > 0) memcpy(frame + 3, body, count);
    return send_all(s->card, frame, count + 3, deadline) || broken(s);
}

// One question and its answer. *room is the space at `answer` and becomes the answer's length. An answer that does not fit
// is read to its end and dropped, so that the next exchange starts clean.
static bool ask(struct slot *s, uint8_t kind, const uint8_t *body, size_t count, uint8_t *answer, DWORD *room) {
    int64_t deadline = now_ms() + PATIENCE_MS;
    uint8_t header[2], whole[LARGEST_BODY];
    DWORD space = *room;
    *room = 0;
    if (!tell(s, kind, body, count, deadline)) return false;
    if (!receive_all(s->card, header, sizeof header, deadline)) return broken(s);
    size_t length = (size_t)header[0] << 8 | header[1];
    if (!receive_all(s->card, whole, length, deadline)) return broken(s);
    if (length > space) return false;
    memcpy(answer, whole, length);
    *room = length;
    return true;
}

// --- channels ---

static bool open_slot(struct slot *s, DWORD lun, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat old;
    if (strlen(path) >= sizeof address.sun_path) return false;
    strcpy(address.sun_path, path);
    strcpy(s->path, path);
    // A socket left by a killed pcscd is replaced; anything else at that path is somebody's file.
    if (lstat(path, &old) == 0 && (!S_ISSOCK(old.st_mode) || unlink(path) != 0)) return false;
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->listener < 0) return false;
    if (bind(s->listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(s->listener, 8) != 0
        || pipe2(s->wake, O_CLOEXEC | O_NONBLOCK) != 0) {
        close(s->listener);
        return false;
    }
    pthread_mutex_init(&s->guard, NULL);
    s->card = -1;
    s->gap = GAP_OVER;
    s->atr_length = 0;
    s->lun = lun;
    s->used = true;
    return true;
}

RESPONSECODE IFDHCreateChannelByName(DWORD Lun, LPSTR DeviceName) {
    const char *colon = strchr(DeviceName, ':');
    bool opened = false;
    if (!colon) return IFD_COMMUNICATION_ERROR;
    pthread_mutex_lock(&table);
    for (int i = 0; i < READERS; i++)
        if (!slots[i].used) {
            opened = open_slot(&slots[i], Lun, colon + 1);
            break;
        }
    pthread_mutex_unlock(&table);
    return opened ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHCreateChannel(DWORD Lun, DWORD Channel) {
    (void)Lun;
    (void)Channel;
    return IFD_NOT_SUPPORTED;  // a number names no socket
}

RESPONSECODE IFDHCloseChannel(DWORD Lun) {
    struct slot *s = slot_of(Lun);
    if (!s) return IFD_COMMUNICATION_ERROR;
    pthread_mutex_lock(&table);
    lift(s);
    close(s->listener);
    close(s->wake[0]);
    close(s->wake[1]);
    unlink(s->path);
    pthread_mutex_destroy(&s->guard);
    s->used = false;
    pthread_mutex_unlock(&table);
    return IFD_SUCCESS;
}

// --- coming and going ---

// pcscd's event thread sleeps here until a card comes, a card goes, or pcscd wants its thread back.
static RESPONSECODE sleep_until_change(DWORD Lun, int timeout_ms) {
    struct slot *s = slot_of(Lun);
    if (!s) return IFD_NO_SUCH_DEVICE;
    pthread_mutex_lock(&s->guard);
    bool held = s->card >= 0;
    if (s->gap == GAP_NEW) {
        s->gap = GAP_SHOWN;
        pthread_mutex_unlock(&s->guard);
        return IFD_SUCCESS;
    }
    s->gap = GAP_OVER;
    struct pollfd watched[2] = {
        {.fd = held ? s->card : s->listener, .events = held ? POLLRDHUP : POLLIN},
        {.fd = s->wake[0], .events = POLLIN},
    };
    pthread_mutex_unlock(&s->guard);
    if (marked(s, ".off") && timeout_ms > FAILED_LOOK_MS) timeout_ms = FAILED_LOOK_MS;
    poll(watched, 2, timeout_ms);
    if (watched[1].revents) {
        char calls[16];
        ssize_t drained = read(s->wake[0], calls, sizeof calls);
        (void)drained;
    }
    return IFD_SUCCESS;
}

static RESPONSECODE wake_sleeper(DWORD Lun) {
    struct slot *s = slot_of(Lun);
    return s && write(s->wake[1], "", 1) == 1 ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
}

static RESPONSECODE presence(struct slot *s) {
    if (marked(s, ".off")) {
        int knock;
        lift(s);
        while ((knock = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) close(knock);
        return IFD_NO_SUCH_DEVICE;
    }
    if (s->card >= 0) {
        struct pollfd left = {.fd = s->card, .events = POLLRDHUP};
        if (poll(&left, 1, 0) == 0) return IFD_ICC_PRESENT;
        lift(s);
    }
    if (s->gap == GAP_OVER) s->card = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    return s->card >= 0 ? IFD_ICC_PRESENT : IFD_ICC_NOT_PRESENT;
}

RESPONSECODE IFDHICCPresence(DWORD Lun) {
    struct slot *s = slot_of(Lun);
    if (!s) return IFD_COMMUNICATION_ERROR;
    pthread_mutex_lock(&s->guard);
    RESPONSECODE answer = presence(s);
    pthread_mutex_unlock(&s->guard);
    return answer;
}

RESPONSECODE IFDHPowerICC(DWORD Lun, DWORD Action, PUCHAR Atr, PDWORD AtrLength) {
    struct slot *s = slot_of(Lun);
    bool good;
    *AtrLength = 0;
    if (!s) return IFD_COMMUNICATION_ERROR;
    pthread_mutex_lock(&s->guard);
    s->atr_length = 0;
    if (Action == IFD_POWER_DOWN) {
        // An empty slot is powered down already; pcscd asks after every removal.
        good = s->card < 0 || tell(s, IFD_KAZASU_OFF, NULL, 0, now_ms() + PATIENCE_MS);
    } else {
        DWORD length = sizeof s->atr;
        good = ask(s, IFD_KAZASU_POWER, NULL, 0, s->atr, &length) && length > 0;
        if (good) {
            s->atr_length = *AtrLength = length;
            memcpy(Atr, s->atr, length);
        }
    }
    pthread_mutex_unlock(&s->guard);
    return good ? IFD_SUCCESS : IFD_ERROR_POWER_ACTION;
}

// --- what pcscd may know and say ---

static RESPONSECODE give(const void *value, DWORD size, PDWORD Length, PUCHAR Value) {
    if (*Length < size) return IFD_ERROR_INSUFFICIENT_BUFFER;
    memcpy(Value, value, size);
    *Length = size;
    return IFD_SUCCESS;
}

static RESPONSECODE give_atr(DWORD Lun, PDWORD Length, PUCHAR Value) {
    struct slot *s = slot_of(Lun);
    if (!s) return IFD_COMMUNICATION_ERROR;
    pthread_mutex_lock(&s->guard);
    RESPONSECODE answer = give(s->atr, s->atr_length, Length, Value);
    pthread_mutex_unlock(&s->guard);
    return answer;
}

RESPONSECODE IFDHGetCapabilities(DWORD Lun, DWORD Tag, PDWORD Length, PUCHAR Value) {
    static const UCHAR one = 1, readers = READERS, no = 0;
    RESPONSECODE (*const sleeper)(DWORD, int) = sleep_until_change;
    RESPONSECODE (*const waker)(DWORD) = wake_sleeper;
    switch (Tag) {
    case TAG_IFD_ATR:
        return give_atr(Lun, Length, Value);
    case TAG_IFD_SLOTS_NUMBER:
    case TAG_IFD_THREAD_SAFE:
    case TAG_IFD_SLOT_THREAD_SAFE:
        return give(&one, sizeof one, Length, Value);
    case TAG_IFD_SIMULTANEOUS_ACCESS:
        return give(&readers, sizeof readers, Length, Value);
    case TAG_IFD_POLLING_THREAD_KILLABLE:
        return give(&no, sizeof no, Length, Value);
    case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT:
        return give(&sleeper, sizeof sleeper, Length, Value);
    case TAG_IFD_STOP_POLLING_THREAD:
        return give(&waker, sizeof waker, Length, Value);
    default:
        *Length = 0;
        return IFD_ERROR_TAG;
    }
}

RESPONSECODE IFDHSetCapabilities(DWORD Lun, DWORD Tag, DWORD Length, PUCHAR Value) {
    (void)Lun;
    (void)Tag;
    (void)Length;
    (void)Value;
    return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD Lun, DWORD Protocol, UCHAR Flags, UCHAR PTS1, UCHAR PTS2, UCHAR PTS3) {
    (void)Lun;
    (void)Protocol;
    (void)Flags;
    (void)PTS1;
    (void)PTS2;
    (void)PTS3;
    return IFD_SUCCESS;  // a program has no bit rate to agree on
}

RESPONSECODE IFDHTransmitToICC(DWORD Lun, SCARD_IO_HEADER SendPci, PUCHAR TxBuffer, DWORD TxLength, PUCHAR RxBuffer,
                               PDWORD RxLength, PSCARD_IO_HEADER RecvPci) {
    struct slot *s = slot_of(Lun);
    DWORD room = *RxLength;
    *RxLength = 0;
    if (!s) return IFD_COMMUNICATION_ERROR;
    pthread_mutex_lock(&s->guard);
    // A response APDU ends with a status word, so less than two bytes is no response (ISO 7816-4, 5.1).
    bool good = ask(s, IFD_KAZASU_APDU, TxBuffer, TxLength, RxBuffer, &room) && room >= 2;
    pthread_mutex_unlock(&s->guard);
    if (!good) return IFD_COMMUNICATION_ERROR;
    *RxLength = room;
    if (RecvPci) RecvPci->Protocol = SendPci.Protocol;
    return IFD_SUCCESS;
}

// --- lamp and buzzer ---

static void record_escape(const struct slot *s, const uint8_t *body, size_t count) {
    char name[sizeof s->path + 8], line[2 * (4 + LARGEST_ESCAPE) + 1];
    struct stat file;
    snprintf(name, sizeof name, "%s.escapes", s->path);
    int fd = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) return;
    for (size_t i = 0; i < count; i++) {
        line[2 * i] = "0123456789ABCDEF"[body[i] >> 4];
        line[2 * i + 1] = "0123456789ABCDEF"[body[i] & 15];
    }
    line[2 * count] = '\n';
    // One write a line, so that a reader of the file never sees half a line. A full record stops growing, and a full disk
    // must not keep the card program from its escape.
    if (fstat(fd, &file) == 0 && file.st_size < LARGEST_RECORD) {
        ssize_t written = write(fd, line, 2 * count + 1);
        (void)written;
    }
    close(fd);
}

RESPONSECODE IFDHControl(DWORD Lun, DWORD ControlCode, PUCHAR TxBuffer, DWORD TxLength, PUCHAR RxBuffer, DWORD RxLength,
                         LPDWORD BytesReturned) {
    struct slot *s = slot_of(Lun);
    uint8_t body[4 + LARGEST_ESCAPE];
    *BytesReturned = 0;
    if (!s || TxLength > LARGEST_ESCAPE || ControlCode == CM_IOCTL_GET_FEATURE_REQUEST || marked(s, ".deaf"))
        return IFD_ERROR_NOT_SUPPORTED;
    for (int i = 0; i < 4; i++) body[i] = (uint8_t)(ControlCode >> (24 - 8 * i));
    if (TxLength > 0) memcpy(body + 4, TxBuffer, TxLength);
    pthread_mutex_lock(&s->guard);
    record_escape(s, body, 4 + TxLength);
    if (s->card >= 0) {
        DWORD room = RxLength;
        if (ask(s, IFD_KAZASU_ESCAPE, body, 4 + TxLength, RxBuffer, &room)) *BytesReturned = room;
    }
    pthread_mutex_unlock(&s->guard);
    return IFD_SUCCESS;
}
