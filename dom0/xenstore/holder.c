/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeping a serving process alive, and everything it needs. */
#include "holder.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that crashes as soon as it starts shall not take the whole machine. */
#define CRASH_PAUSE_US 50000

volatile int holder_stop;
static volatile int is_orphan;
static volatile pid_t child; /* in the holder: who serves */

static void on_stop(int signal)
{
    (void)signal;
    holder_stop = 1;
    if (child > 0)
        kill(child, SIGUSR1);
}

static void on_orphan(int signal)
{
    (void)signal;
    is_orphan = 1;
    holder_stop = 1;
}

static void handle_signal(int signal, void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler };

    sigaction(signal, &action, NULL);
}

/* Like fork(), but the table of descriptors stays one. */
static pid_t make_child(void)
{
    return (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
}

/* In the child. Returns only when the holder was killed: then this process is the holder. */
static void serve_here(void (*serve)(enum store_end, void *), void *argument, enum store_end end,
                       pid_t holder)
{
    sigset_t wake;

    child = 0;
    /* Let in only where the server waits, so none is missed. */
    sigemptyset(&wake);
    sigaddset(&wake, SIGUSR1);
    sigaddset(&wake, SIGUSR2);
    sigprocmask(SIG_BLOCK, &wake, NULL);
    handle_signal(SIGTERM, SIG_IGN); /* the holder tells */
    handle_signal(SIGINT, SIG_IGN);
    handle_signal(SIGUSR1, on_stop);
    handle_signal(SIGUSR2, on_orphan);
    prctl(PR_SET_PDEATHSIG, SIGUSR2);
    if (getppid() != holder)
        is_orphan = holder_stop = 1;
    serve(end, argument);
    if (!is_orphan)
        _exit(0);
    is_orphan = holder_stop = 0;
    handle_signal(SIGUSR1, SIG_IGN);
    handle_signal(SIGUSR2, SIG_IGN);
    sigprocmask(SIG_UNBLOCK, &wake, NULL);
}

int holder_run(void (*serve)(enum store_end end, void *argument), void *argument)
{
    enum store_end end = STORE_CLOSED;
    int status;

    while (!holder_stop) {
        pid_t holder = getpid();

        handle_signal(SIGTERM, on_stop);
        handle_signal(SIGINT, on_stop);
        child = make_child();
        if (child < 0)
            return EXIT_FAILURE;
        if (child == 0) {
            serve_here(serve, argument, end, holder);
            end = STORE_KILLED;
            continue;
        }
        while (waitpid(child, &status, 0) != child)
            if (errno != EINTR)
                return EXIT_FAILURE;
        end = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? STORE_KILLED : STORE_CRASHED;
        if (end == STORE_CRASHED)
            usleep(CRASH_PAUSE_US);
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
            return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
