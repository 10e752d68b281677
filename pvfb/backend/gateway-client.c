/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The protocol towards a client that is not trusted yet. */
#include <pvfb/backend/gateway-client.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <rfb/rfb.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define VERSION   "RFB 003.008\n"
#define NONE      1
#define VNC_AUTH  2
#define VENCRYPT  19
#define X509_VNC  261
#define CHALLENGE 16

static ssize_t receive(struct gateway_client *c, void *data, size_t length)
{
    ssize_t got;

    do
        got = c->tls ? gnutls_record_recv(c->tls, data, length) : read(c->fd, data, length);
    while (got == GNUTLS_E_INTERRUPTED && c->tls);
    return got;
}

static bool get(struct gateway_client *c, void *data, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t got = receive(c, (char *)data + done, length - done);

        if (got <= 0)
            return false;
        done += got;
    }
    return true;
}

static bool put(struct gateway_client *c, const void *data, size_t length)
{
    for (size_t done = 0; done < length;) {
        const char *from = (const char *)data + done;
        ssize_t sent = c->tls ? gnutls_record_send(c->tls, from, length - done)
                              : write(c->fd, from, length - done);

        if (c->tls && sent == GNUTLS_E_INTERRUPTED)
            continue;
        if (sent <= 0)
            return false;
        done += sent;
    }
    return true;
}

static bool start_tls(struct gateway_client *c)
{
    gnutls_session_t session;
    int result;

    if (gnutls_init(&session, GNUTLS_SERVER))
        return false;
    gnutls_set_default_priority(session);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, c->credentials);
    gnutls_transport_set_int(session, c->fd);
    do
        result = gnutls_handshake(session);
    while (result == GNUTLS_E_INTERRUPTED);
    if (result < 0) {
        gnutls_deinit(session);
        return false;
    }
    c->tls = session;
    return true;
}

/* VeNCrypt 0.2 with one kind: TLS with our certificate, then VNC's own password. */
static bool vencrypt(struct gateway_client *c)
{
    static const uint8_t version[2] = { 0, 2 },
                         kinds[] = { 1, 0, 0, X509_VNC >> 8, X509_VNC & 0xff };
    static const uint8_t no = 0, yes = 1;
    uint8_t theirs[2], kind[4];

    if (!put(c, version, 2) || !get(c, theirs, 2))
        return false;
    if (memcmp(theirs, version, 2)) {
        put(c, &yes, 1); /* here anything but 0 is a refusal */
        return false;
    }
    if (!put(c, &no, 1) || !put(c, kinds, sizeof(kinds)) || !get(c, kind, 4))
        return false;
    if (memcmp(kind, kinds + 1, 4)) {
        put(c, &no, 1);
        return false;
    }
    return put(c, &yes, 1) && start_tls(c);
}

/* In constant time. libvncserver's cipher keeps a state of its own in some builds. */
static bool answer_is_right(uint8_t challenge[CHALLENGE], const uint8_t *answer,
                            const char *password)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    char key[9] = { 0 };
    uint8_t difference = 0;

    strncpy(key, password, sizeof(key) - 1);
    pthread_mutex_lock(&lock);
    rfbEncryptBytes(challenge, key);
    pthread_mutex_unlock(&lock);
    for (unsigned i = 0; i < CHALLENGE; i++)
        difference |= challenge[i] ^ answer[i];
    return !difference;
}

static bool authenticate(struct gateway_client *c)
{
    static const char refusal[] = "\0\0\0\1\0\0\0\x17the password is not it.";
    static const uint32_t success;
    uint8_t challenge[CHALLENGE], answer[CHALLENGE];

    if (getrandom(challenge, sizeof(challenge), 0) != sizeof(challenge) ||
        !put(c, challenge, sizeof(challenge)) || !get(c, answer, sizeof(answer)))
        return false;
    if (answer_is_right(challenge, answer, c->password))
        return put(c, &success, sizeof(success));
    sleep(2); /* guessing takes time, and this thread's place */
    put(c, refusal, sizeof(refusal) - 1);
    return false;
}

bool gateway_client_admit(struct gateway_client *c)
{
    uint8_t kinds[2] = { 1, c->credentials ? VENCRYPT : VNC_AUTH }, kind;
    char version[12];

    if (!put(c, VERSION, 12) || !get(c, version, 12) || memcmp(version, VERSION, 12))
        return false;
    if (!put(c, kinds, 2) || !get(c, &kind, 1) || kind != kinds[1])
        return false;
    return (kind != VENCRYPT || vencrypt(c)) && authenticate(c);
}

bool gateway_client_join(int inner)
{
    struct gateway_client server = { .fd = inner };
    uint8_t count, kinds[255], none = NONE;
    uint32_t result;
    char version[12];

    return get(&server, version, 12) && put(&server, VERSION, 12) && get(&server, &count, 1) &&
           get(&server, kinds, count) && memchr(kinds, NONE, count) && put(&server, &none, 1) &&
           get(&server, &result, 4) && !result;
}

void gateway_client_relay(struct gateway_client *c, int inner)
{
    struct gateway_client server = { .fd = inner };
    struct pollfd fds[2] = { { .fd = c->fd, .events = POLLIN }, { .fd = inner, .events = POLLIN } };
    char data[16384];
    ssize_t got;

    for (;;) {
        bool pending = c->tls && gnutls_record_check_pending(c->tls);

        if (poll(fds, 2, pending ? 0 : -1) < 0 && errno != EINTR)
            return;
        if (pending || fds[0].revents) {
            got = receive(c, data, sizeof(data));
            if (c->tls && got == GNUTLS_E_AGAIN)
                continue; /* half a record */
            if (got <= 0 || !put(&server, data, got))
                return;
        }
        if (fds[1].revents) {
            got = read(inner, data, sizeof(data));
            if (got <= 0 || !put(c, data, got))
                return;
        }
    }
}

void gateway_client_close(struct gateway_client *c)
{
    if (c->tls) {
        gnutls_bye(c->tls, GNUTLS_SHUT_WR);
        gnutls_deinit(c->tls);
    }
    close(c->fd);
}
