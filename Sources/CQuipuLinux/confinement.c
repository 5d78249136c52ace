#define _GNU_SOURCE
#include "CQuipuLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// How a process gives up, for good, what a reader of foreign bytes does not need (seccomp(2), landlock(7), setrlimit(2)).

#if defined(__x86_64__)
#define QUIPU_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define QUIPU_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define QUIPU_NUMBER (offsetof(struct seccomp_data, nr))
#define QUIPU_ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n))
#define QUIPU_ALLOW(number)                                       \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1),          \
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

int quipu_confine_system_calls(bool execs) {
#ifndef QUIPU_ARCHITECTURE
    return ENOSYS;
#else
    const unsigned int refuse = SECCOMP_RET_ERRNO | EPERM;
    const unsigned int exec_answer = execs ? SECCOMP_RET_ALLOW : refuse;
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, QUIPU_ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, QUIPU_NUMBER),
        QUIPU_ALLOW(__NR_read), QUIPU_ALLOW(__NR_write), QUIPU_ALLOW(__NR_readv), QUIPU_ALLOW(__NR_writev),
        QUIPU_ALLOW(__NR_pread64), QUIPU_ALLOW(__NR_close), QUIPU_ALLOW(__NR_lseek), QUIPU_ALLOW(__NR_fstat),
        QUIPU_ALLOW(__NR_newfstatat), QUIPU_ALLOW(__NR_statx), QUIPU_ALLOW(__NR_fcntl),
        QUIPU_ALLOW(__NR_recvmsg), QUIPU_ALLOW(__NR_recvfrom), QUIPU_ALLOW(__NR_sendto),
        QUIPU_ALLOW(__NR_mmap), QUIPU_ALLOW(__NR_munmap), QUIPU_ALLOW(__NR_mremap), QUIPU_ALLOW(__NR_mprotect),
        QUIPU_ALLOW(__NR_madvise), QUIPU_ALLOW(__NR_brk), QUIPU_ALLOW(__NR_futex),
        QUIPU_ALLOW(__NR_rt_sigaction), QUIPU_ALLOW(__NR_rt_sigprocmask), QUIPU_ALLOW(__NR_rt_sigreturn),
        QUIPU_ALLOW(__NR_sigaltstack), QUIPU_ALLOW(__NR_restart_syscall), QUIPU_ALLOW(__NR_exit),
        QUIPU_ALLOW(__NR_exit_group), QUIPU_ALLOW(__NR_getpid), QUIPU_ALLOW(__NR_gettid),
        QUIPU_ALLOW(__NR_clock_gettime), QUIPU_ALLOW(__NR_clock_nanosleep), QUIPU_ALLOW(__NR_nanosleep),
        QUIPU_ALLOW(__NR_getrandom), QUIPU_ALLOW(__NR_sched_yield), QUIPU_ALLOW(__NR_sched_getaffinity),
        QUIPU_ALLOW(__NR_ppoll), QUIPU_ALLOW(__NR_getrusage), QUIPU_ALLOW(__NR_sysinfo), QUIPU_ALLOW(__NR_uname),
        QUIPU_ALLOW(__NR_set_robust_list), QUIPU_ALLOW(__NR_getdents64), QUIPU_ALLOW(__NR_membarrier),
        QUIPU_ALLOW(__NR_set_tid_address), QUIPU_ALLOW(__NR_readlinkat), QUIPU_ALLOW(__NR_faccessat),
        QUIPU_ALLOW(__NR_getuid), QUIPU_ALLOW(__NR_geteuid), QUIPU_ALLOW(__NR_getgid), QUIPU_ALLOW(__NR_getegid),
        QUIPU_ALLOW(__NR_getcwd),
#ifdef __NR_rseq
        QUIPU_ALLOW(__NR_rseq),
#endif
#if defined(__x86_64__)
        QUIPU_ALLOW(__NR_poll), QUIPU_ALLOW(__NR_stat), QUIPU_ALLOW(__NR_lstat), QUIPU_ALLOW(__NR_access),
        QUIPU_ALLOW(__NR_readlink), QUIPU_ALLOW(__NR_arch_prctl), QUIPU_ALLOW(__NR_time),
        QUIPU_ALLOW(__NR_gettimeofday),
#endif
        // To become another program.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_execve, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, exec_answer),
        // glibc falls back to clone(2), whose flags can be looked at.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 435 /* clone3 */, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        // A thread, no process.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, QUIPU_ARGUMENT(0)),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x10000 /* CLONE_THREAD */, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, refuse),
        // A file to be read, as libraries read tables of characters.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_openat, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, QUIPU_ARGUMENT(2)),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, refuse),
        // Limits, to be asked for only.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prlimit64, 0, 6),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, QUIPU_ARGUMENT(2)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, QUIPU_ARGUMENT(2) + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, refuse),
        // A signal to itself, by which a program that finds a fault in itself ends.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_tgkill, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, QUIPU_ARGUMENT(0)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)getpid(), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, refuse),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : errno;
#endif
}

int quipu_confine_files(const char *const *folders, int count) {
    // sys_landlock_*, the same numbers on all processors.
    const int create_ruleset = 444, add_rule = 445, restrict_self = 446;
    struct { uint64_t handled_access_fs; } ruleset;
    struct __attribute__((packed)) { uint64_t allowed_access; int32_t parent_fd; } beneath;
    const uint64_t execute = 1 << 0, read_file = 1 << 2, read_folder = 1 << 3;
    long version = syscall(create_ruleset, (void *)0, (size_t)0, 1u /* LANDLOCK_CREATE_RULESET_VERSION */);
    if (version < 1) return version < 0 ? errno : ENOSYS;
    // Version 1 has 13 rights; 2 adds linking elsewhere, 3 truncating, 5 controlling devices.
    ruleset.handled_access_fs = (1u << (version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13)) - 1;
    int rules = (int)syscall(create_ruleset, &ruleset, sizeof ruleset, 0u);
    if (rules < 0) return errno;
    for (int place = 0; place < count; place += 1) {
        int folder = open(folders[place], 010000000 /* O_PATH */ | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0) continue;
        beneath.allowed_access = execute | read_file | read_folder;
        beneath.parent_fd = folder;
        syscall(add_rule, rules, 1 /* LANDLOCK_RULE_PATH_BENEATH */, &beneath, 0u);
        close(folder);
    }
    int failure = 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(restrict_self, rules, 0u) != 0) failure = errno;
    close(rules);
    return failure;
}

void quipu_close_from(unsigned int first) {
    syscall(436 /* close_range */, first, ~0u, 0u);
}

int quipu_limit(int resource, uint64_t soft, uint64_t hard) {
    struct { uint64_t soft, hard; } limit = {soft, hard};
    return syscall(__NR_prlimit64, 0, resource, &limit, (void *)0) == 0 ? 0 : errno;
}

int quipu_allow_processor_seconds(int process, uint64_t seconds) {
    clockid_t clock;
    struct timespec used;
    int failure = clock_getcpuclockid(process, &clock);
    if (failure != 0) return failure;
    if (clock_gettime(clock, &used) != 0) return errno;
    struct { uint64_t soft, hard; } limit = {(uint64_t)used.tv_sec + 1 + seconds, ~(uint64_t)0};
    return syscall(__NR_prlimit64, process, RLIMIT_CPU, &limit, (void *)0) == 0 ? 0 : errno;
}

int quipu_memory_file(void) {
    return (int)syscall(__NR_memfd_create, "quipu", 1u /* MFD_CLOEXEC */);
}

ptrdiff_t quipu_send(int channel, const void *bytes, size_t count, int descriptor) {
    struct iovec part = {(void *)bytes, count};
    union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr aligned; } control;
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    // A confined process may not send messages with anything beside their bytes.
    if (descriptor < 0) return send(channel, bytes, count, MSG_NOSIGNAL);
    memset(&control, 0, sizeof control);
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return sendmsg(channel, &message, MSG_NOSIGNAL);
}

ptrdiff_t quipu_receive(int channel, void *bytes, size_t count, int *descriptor) {
    struct iovec part = {bytes, count};
    union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr aligned; } control;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t got = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
    if (got < 0) return got;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        if (header->cmsg_len != CMSG_LEN(sizeof(int))) continue;
        int received;
        memcpy(&received, CMSG_DATA(header), sizeof received);
        if (*descriptor >= 0) close(*descriptor);
        *descriptor = received;
    }
    return got;
}
