/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One TCP client of the gateway: RFB's handshake, VeNCrypt with X509Vnc, the password. */
#ifndef PVFB_BACKEND_GATEWAY_CLIENT_H
#define PVFB_BACKEND_GATEWAY_CLIENT_H

#include <stdbool.h>

#include <gnutls/gnutls.h>

struct gateway_client {
    int fd;
    gnutls_certificate_credentials_t credentials; /* NULL: no TLS */
    gnutls_session_t tls;
    const char *password;
};

/* The handshake up to and with the password; true: let it in. Waits as long as the socket's
 * time limits allow. */
bool gateway_client_admit(struct gateway_client *c);
/* Takes the serving process's side of the handshake out of `inner`. */
bool gateway_client_join(int inner);
/* Passes bytes both ways until one side ends. */
void gateway_client_relay(struct gateway_client *c, int inner);
void gateway_client_close(struct gateway_client *c);

#endif
