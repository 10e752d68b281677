/* SPDX-License-Identifier: GPL-2.0-or-later */
/* console: the terminal becomes the machine's, until Ctrl-]. */
#include <errno.h>
#include <gio/gunixfdlist.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"

#define ESCAPE 0x1d /* Ctrl-] */

static bool write_all(int fd, const char *data, ssize_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, (size_t)size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            struct pollfd p = { .fd = fd, .events = POLLOUT };

            poll(&p, 1, -1);
            continue;
        }
        if (n <= 0)
            return false;
        data += n;
        size -= n;
    }
    return true;
}

/* Until the console ends, or Ctrl-], or (where input is no terminal) its end and silence after it.
 */
static void shuttle(int console)
{
    struct pollfd fds[2] = { { .fd = console, .events = POLLIN }, { .fd = 0, .events = POLLIN } };
    char data[4096], *escape;
    ssize_t n;

    while (poll(fds, 2, fds[1].fd < 0 ? 500 : -1) != 0) {
        if (fds[0].revents) {
            n = read(console, data, sizeof(data));
            if (n <= 0 || !write_all(1, data, n))
                return;
        }
        if (fds[1].revents) {
            n = read(0, data, sizeof(data));
            escape = n > 0 ? memchr(data, ESCAPE, (size_t)n) : NULL;
            if (n <= 0)
                fds[1].fd = -1;
            else if (!write_all(console, data, escape ? escape - data : n) || escape)
                return;
        }
    }
}

int console_attach(BusMachine *machine, const char *type, unsigned number)
{
    g_autoptr(GUnixFDList) fds = NULL;
    g_autoptr(GVariant) handle = NULL;
    struct termios old, raw;
    GError *error = NULL;
    bool terminal;
    int fd;

    if (!bus_machine_call_open_console_sync(machine, type, number, NULL, &handle, &fds, NULL,
                                            &error))
        return cli_error(error);
    fd = g_unix_fd_list_get(fds, g_variant_get_handle(handle), &error);
    if (fd < 0)
        return cli_error(error);
    terminal = isatty(0) && !tcgetattr(0, &old);
    if (terminal) {
        raw = old;
        cfmakeraw(&raw);
        tcsetattr(0, TCSANOW, &raw);
    }
    shuttle(fd);
    if (terminal) {
        tcsetattr(0, TCSANOW, &old);
        putchar('\n');
    }
    close(fd);
    return 0;
}

int verb_console(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;
    const char *type = "pv";
    unsigned number = 0;
    int c;

    while ((c = cli_getopt(argc, argv, "t:n:", 1)) >= 0) {
        if (c == 't')
            type = optarg;
        else if (!cli_number(optarg, &number))
            return 1;
    }
    machine = c == -2 ? NULL : cli_machine(argv[optind]);
    return machine ? console_attach(machine, type, number) : 1;
}
