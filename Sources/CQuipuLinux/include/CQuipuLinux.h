#pragma once
// What the Glibc module leaves out. Nothing of the system's headers is declared here that Swift knows already: a type belongs to
// the module that declares it first.
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Has the system begin to write a part of a file to the disk, and does not wait for it.
int quipu_begin_writing(int descriptor, int64_t offset, int64_t count);

/// Whether the kernel keeps the real-time clock in step with a time server. It gives that up itself some hours after the
/// last word from one, when the clock may be 16 seconds off (adjtimex(2), STA_UNSYNC).
bool quipu_clock_is_synchronized(void);

// How a process gives up, for good, what a reader of foreign bytes does not need (seccomp(2), landlock(7), setrlimit(2)).

/// Allows the system calls that reading needs, and refuses all others: no socket, no connection, no program, no file to be
/// written, no signal to another process. A refused call fails with EPERM.
///
/// - execs: whether the process may become another program.
/// Returns 0, or what errno says; ENOSYS where the processor's calls are not known here.
int quipu_confine_system_calls(bool execs);

/// Of files the process may from now on open only those of the given folders, for reading. Kernels before 5.13 cannot do
/// that, and others may have it switched off.
///
/// Returns 0, or what errno says.
int quipu_confine_files(const char *const *folders, int count);

/// Closes all descriptors from one on, those that another library forgot to mark among them.
void quipu_close_from(unsigned int first);

/// Sets both limits of a resource of this process; returns 0, or what errno says.
int quipu_limit(int resource, uint64_t soft, uint64_t hard);

/// Lets a process use so many more seconds of processor time; returns 0, or what errno says.
int quipu_allow_processor_seconds(int process, uint64_t seconds);

/// A file without a name, in memory; -1, with errno set.
int quipu_memory_file(void);

/// Sends bytes through a local socket, with a descriptor where it is not -1; as send(2).
ptrdiff_t quipu_send(int channel, const void *bytes, size_t count, int descriptor);

/// Receives bytes through a local socket, as recv(2). A descriptor that comes with them replaces the given one.
ptrdiff_t quipu_receive(int channel, void *bytes, size_t count, int *descriptor);
