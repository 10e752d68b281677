/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listening, and a thread for each client. */
#include <pvfb/backend/gateway.h>

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pvfb/backend/confine.h>
#include <pvfb/backend/gateway-client.h>
#include <pvfb/backend/pass-fd.h>

#define CLIENTS_MAX     16
#define PATIENCE_S      20 /* for a client that says nothing or takes nothing, until it is let in */
#define PASSWORD_LENGTH 8  /* of VNC's own authentication; more is not looked at */

static gnutls_certificate_credentials_t credentials;
static char password[PASSWORD_LENGTH + 2];
static int listener = -1, door_fd;
static atomic_uint clients;

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "domus-pvfb: %s: %s\n", what, why);
    return -1;
}

/* The first line; an empty one would let everybody in. */
static int read_password(const char *path)
{
    FILE *file = fopen(path, "re");

    if (!file)
        return complain(path, strerror(errno));
    if (!fgets(password, sizeof(password), file))
        password[0] = '\0';
    fclose(file);
    password[strcspn(password, "\r\n")] = '\0';
    password[PASSWORD_LENGTH] = '\0';
    return password[0] ? 0 : complain(path, "there is no password in its first line");
}

static int read_keys(const struct options *o)
{
    int result = gnutls_certificate_allocate_credentials(&credentials);

    if (!result)
        result = gnutls_certificate_set_x509_key_file(credentials, o->tls_certificate, o->tls_key,
                                                      GNUTLS_X509_FMT_PEM);
    return result ? complain(o->tls_certificate, gnutls_strerror(result)) : 0;
}

static int bind_first(const struct addrinfo *list)
{
    int on = 1;

    for (; list; list = list->ai_next) {
        listener = socket(list->ai_family, list->ai_socktype | SOCK_CLOEXEC, 0);
        if (listener < 0)
            continue;
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (!bind(listener, list->ai_addr, list->ai_addrlen) && !listen(listener, 8))
            return 0;
        close(listener);
    }
    return -1;
}

/* ADDRESS:PORT; an address of IPv6 is in brackets. Only numbers: no resolver is asked. */
static int listen_at(const char *text)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST }, *list;
    const char *colon = strrchr(text, ':');
    char host[64];
    size_t length = colon ? (size_t)(colon - text) : 0;
    int result;

    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    if (!length || length >= sizeof(host))
        return complain(text, "not ADDRESS:PORT");
    memcpy(host, text, length);
    host[length] = '\0';
    result = getaddrinfo(host, colon + 1, &hints, &list);
    if (result)
        return complain(text, gai_strerror(result));
    result = bind_first(list);
    freeaddrinfo(list);
    return result ? complain(text, strerror(errno)) : 0;
}

int gateway_open(const struct options *o)
{
    if (read_password(o->password_file) || (!o->no_tls && read_keys(o)))
        return -1;
    return listen_at(o->tcp);
}

static void let_in(struct gateway_client *c)
{
    int inner[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, inner))
        return;
    if (!pass_fd_send(door_fd, inner[1]) && gateway_client_join(inner[0]))
        gateway_client_relay(c, inner[0]);
    close(inner[0]);
    close(inner[1]);
}

static void *client_thread(void *argument)
{
    struct gateway_client c = { .fd = (int)(intptr_t)argument,
                                .credentials = credentials,
                                .password = password };
    struct timeval patience = { .tv_sec = PATIENCE_S };
    int on = 1;

    setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(c.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (gateway_client_admit(&c))
        let_in(&c);
    gateway_client_close(&c);
    clients--;
    return NULL;
}

static void accept_one(void)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    pthread_t thread;

    if (fd < 0)
        return;
    if (clients++ < CLIENTS_MAX &&
        !pthread_create(&thread, NULL, client_thread, (void *)(intptr_t)fd)) {
        pthread_detach(thread);
        return;
    }
    clients--;
    close(fd);
}

void gateway_run(const struct options *o, int door)
{
    door_fd = door;
    if (!o->no_confinement && confine_identity(o->user))
        exit(1);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* a change of user clears it */
    for (;;)
        accept_one();
}
