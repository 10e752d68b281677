/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs one instruction on the real processor with chosen registers, flags and memory. */
#include "insn-native.h"

#include <asm/prctl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE_BYTES 4096

/* The assembly below knows these by name; the state's layout is 16 registers, then the flags. */
struct native_state native_state;
uint64_t native_saved_rsp;
uint64_t native_flags_stack[4];
const void *native_entry;
void native_call(void);
void native_exit(void);

/*
 * native_call: loads native_state and jumps to native_entry, which jumps to native_exit; that
 * stores native_state and returns to native_call's caller. Only MOV and LEA touch registers near
 * the instruction, so its flags survive.
 */
asm(".text\n"
    ".globl native_call, native_exit\n"
    "native_call:\n"
    "    push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
    "    mov %rsp, native_saved_rsp(%rip)\n"
    "    push native_state+128(%rip)\n"
    "    popfq\n"
    "    mov native_state+0(%rip), %rax;   mov native_state+8(%rip), %rcx\n"
    "    mov native_state+16(%rip), %rdx;  mov native_state+24(%rip), %rbx\n"
    "    mov native_state+32(%rip), %rsp;  mov native_state+40(%rip), %rbp\n"
    "    mov native_state+48(%rip), %rsi;  mov native_state+56(%rip), %rdi\n"
    "    mov native_state+64(%rip), %r8;   mov native_state+72(%rip), %r9\n"
    "    mov native_state+80(%rip), %r10;  mov native_state+88(%rip), %r11\n"
    "    mov native_state+96(%rip), %r12;  mov native_state+104(%rip), %r13\n"
    "    mov native_state+112(%rip), %r14; mov native_state+120(%rip), %r15\n"
    "    jmp *native_entry(%rip)\n"
    "native_exit:\n"
    "    mov %rsp, native_state+32(%rip)\n"
    "    lea native_flags_stack+32(%rip), %rsp\n"
    "    pushfq\n"
    "    pop native_state+128(%rip)\n"
    "    mov %rax, native_state+0(%rip);   mov %rcx, native_state+8(%rip)\n"
    "    mov %rdx, native_state+16(%rip);  mov %rbx, native_state+24(%rip)\n"
    "    mov %rbp, native_state+40(%rip)\n"
    "    mov %rsi, native_state+48(%rip);  mov %rdi, native_state+56(%rip)\n"
    "    mov %r8, native_state+64(%rip);   mov %r9, native_state+72(%rip)\n"
    "    mov %r10, native_state+80(%rip);  mov %r11, native_state+88(%rip)\n"
    "    mov %r12, native_state+96(%rip);  mov %r13, native_state+104(%rip)\n"
    "    mov %r14, native_state+112(%rip); mov %r15, native_state+120(%rip)\n"
    "    mov native_saved_rsp(%rip), %rsp\n"
    "    cld\n"
    "    pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
    "    ret\n");

static sigjmp_buf recover;
static volatile sig_atomic_t running;

static void on_fault(int sig)
{
    if (!running)
        abort();
    siglongjmp(recover, sig);
}

/* The stack pointer is the test's own while the instruction runs, so signals need another. */
static bool take_signals(void)
{
    static const int signals[] = { SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGTRAP };
    static uint8_t stack[65536];
    stack_t alternative = { .ss_sp = stack, .ss_size = sizeof(stack) };
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK };

    if (sigaltstack(&alternative, NULL))
        return false;
    for (unsigned int n = 0; n < sizeof(signals) / sizeof(signals[0]); n++) {
        if (sigaction(signals[n], &action, NULL))
            return false;
    }
    return true;
}

bool native_open(struct native_arena *arena)
{
    size_t bytes = 3 * PAGE_BYTES + NATIVE_DATA_BYTES;
    uint8_t *base = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

    if (base == MAP_FAILED)
        return false;
    arena->code = base + PAGE_BYTES;
    arena->data = base + 2 * PAGE_BYTES;
    if (mprotect(arena->code, PAGE_BYTES + NATIVE_DATA_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC))
        return false;
    if (syscall(SYS_arch_prctl, ARCH_SET_GS, NATIVE_GS_BASE))
        return false;
    return take_signals();
}

int native_run(const struct native_arena *arena, const uint8_t *bytes, unsigned int len,
               struct native_state *state)
{
    static const uint8_t jump[] = { 0xff, 0x25, 0, 0, 0, 0 }; /* jmp *0(%rip) */
    void (*exit)(void) = native_exit;
    int sig;

    memcpy(arena->code, bytes, len);
    memcpy(arena->code + len, jump, sizeof(jump));
    memcpy(arena->code + len + sizeof(jump), &exit, sizeof(exit));
    native_entry = arena->code;
    native_state = *state;
    sig = sigsetjmp(recover, 1);
    if (!sig) {
        running = 1;
        native_call();
    }
    running = 0;
    *state = native_state;
    return sig;
}
