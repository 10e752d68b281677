/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An extension of libvncserver: the pseudo encoding, and client message 255. */
#include <pvfb/backend/vnc-keys.h>

#include <arpa/inet.h>
#include <rfb/rfb.h>
#include <string.h>

#include <pvfb/backend/screen.h>
#include <pvfb/protocol/keys.h>

#define QEMU_MESSAGE  255
#define QEMU_KEY      0
#define QEMU_ENCODING ((int)rfbEncodingQemuExtendedKeyEvent)

static rfbBool accept_client(struct _rfbClientRec *client, void **data)
{
    (void)client;
    (void)data;
    return TRUE;
}

/* The client learns that we know the message by an empty rectangle of its encoding. */
static rfbBool enable(struct _rfbClientRec *client, void **data, int encoding)
{
    struct {
        rfbFramebufferUpdateMsg update;
        rfbFramebufferUpdateRectHeader rect;
    } __attribute__((packed)) answer;

    (void)data;
    if (encoding != QEMU_ENCODING)
        return FALSE;
    memset(&answer, 0, sizeof(answer));
    answer.update.type = rfbFramebufferUpdate;
    answer.update.nRects = htons(1);
    answer.rect.encoding = htonl((uint32_t)QEMU_ENCODING);
    if (rfbWriteExact(client, (const char *)&answer, sizeof(answer)) < 0)
        rfbCloseClient(client);
    return TRUE;
}

static rfbBool message(struct _rfbClientRec *client, void *data, const rfbClientToServerMsg *msg)
{
    struct {
        uint8_t kind;
        uint16_t down;
        uint32_t keysym, scancode;
    } __attribute__((packed)) key;
    uint16_t code;

    (void)data;
    if (msg->type != QEMU_MESSAGE)
        return FALSE;
    if (rfbReadExact(client, (char *)&key, sizeof(key)) <= 0 || key.kind != QEMU_KEY) {
        rfbCloseClient(client);
        return TRUE;
    }
    code = keys_from_scancode(ntohl(key.scancode));
    if (!code)
        code = keys_from_keysym(ntohl(key.keysym));
    if (client->clientData)
        screen_key(client->clientData, code, key.down != 0);
    return TRUE;
}

void vnc_keys_register(void)
{
    static int encodings[] = { QEMU_ENCODING, 0 };
    static rfbProtocolExtension extension = {
        .newClient = accept_client,
        .pseudoEncodings = encodings,
        .enablePseudoEncoding = enable,
        .handleMessage = message,
    };

    rfbRegisterProtocolExtension(&extension);
}
