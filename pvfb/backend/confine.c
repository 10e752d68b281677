/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User, namespaces and seccomp of the serving process. */
#include <pvfb/backend/confine.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int complain(const char *what)
{
    fprintf(stderr, "domus-pvfb: cannot give up rights: %s: %s\n", what, strerror(errno));
    return -1;
}

/* Nothing to find, nobody to talk to: sockets that are needed are open already. */
static int leave_the_machine(void)
{
    if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC))
        return complain("namespaces");
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("none", "/proc", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k"))
        return complain("an empty directory");
    /* /proc is a directory that is always there; an empty one lies over it here. */
    if (chroot("/proc") || chdir("/"))
        return complain("chroot");
    return 0;
}

int confine_identity(const char *user)
{
    const struct passwd *pw;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return complain("no_new_privs");
    if (geteuid() != 0)
        return 0;
    pw = getpwnam(user);
    if (!pw) {
        fprintf(stderr, "domus-pvfb: there is no user '%s' to become\n", user);
        return -1;
    }
    if (leave_the_machine())
        return -1;
    if (setgroups(0, NULL) || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) ||
        setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid))
        return complain(user);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
        return complain("core dumps");
    return 0;
}

static int allow_all(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(read),
        SCMP_SYS(write),
        SCMP_SYS(readv),
        SCMP_SYS(writev),
        SCMP_SYS(recvfrom),
        SCMP_SYS(recvmsg),
        SCMP_SYS(sendto),
        SCMP_SYS(sendmsg),
        SCMP_SYS(accept),
        SCMP_SYS(accept4),
        SCMP_SYS(shutdown),
        SCMP_SYS(setsockopt),
        SCMP_SYS(getsockopt),
        SCMP_SYS(getpeername),
        SCMP_SYS(getsockname),
        SCMP_SYS(poll),
        SCMP_SYS(ppoll),
        SCMP_SYS(select),
        SCMP_SYS(pselect6),
        SCMP_SYS(close),
        SCMP_SYS(fcntl),
        SCMP_SYS(fstat),
        SCMP_SYS(newfstatat),
        SCMP_SYS(lseek),
        SCMP_SYS(brk),
        SCMP_SYS(mmap),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(memfd_create),
        SCMP_SYS(ftruncate),
        SCMP_SYS(futex),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(time),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
        SCMP_SYS(getrandom),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(nanosleep),
        SCMP_SYS(clock_nanosleep),
        SCMP_SYS(getrlimit),
        SCMP_SYS(prlimit64),
        /* Xen's libraries: ioctls of privcmd and evtchn, already restricted to one domain. */
        SCMP_SYS(ioctl),
    };

    for (size_t i = 0; i < COUNT(calls); i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0))
            return -1;
    return 0;
}

/* The C library and libvncserver try these; no is an answer they take. */
static int refuse_gently(scmp_filter_ctx filter)
{
    static const int calls[] = { SCMP_SYS(openat),  SCMP_SYS(open),  SCMP_SYS(socket),
                                 SCMP_SYS(connect), SCMP_SYS(uname), SCMP_SYS(readlink) };

    for (size_t i = 0; i < COUNT(calls); i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), calls[i], 0))
            return -1;
    return 0;
}

int confine_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int failed = -1;

    if (filter && !allow_all(filter) && !refuse_gently(filter))
        failed = seccomp_load(filter);
    seccomp_release(filter);
    if (failed)
        fprintf(stderr, "domus-pvfb: cannot filter system calls\n");
    return failed ? -1 : 0;
}
