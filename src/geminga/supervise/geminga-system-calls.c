/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-system-calls-private.h"

/*
 * Modelled on the sets of systemd's SystemCallFilter=. Some calls exist on some kinds of processors
 * only. Of a few calls @basic allows what geminga-seccomp.c says: clone() for threads, ioctl() for what
 * is known of a terminal and a socket, prctl() for names, newfstatat() and statx() for what is open.
 */

typedef struct
{
  const char *name;
  const char *calls;
} Group;

static const Group groups[] = {
  { GEMINGA_SYSTEM_CALLS_BASIC,
    /* memory */
    "brk madvise membarrier mincore mmap mmap2 mprotect mremap munmap pkey_alloc pkey_free "
    "pkey_mprotect "
    /* shared memory, in which links pass large arrays on; nobody finds it by a name */
    "fallocate ftruncate ftruncate64 memfd_create "
    /* what is open */
    "_llseek close close_range dup dup2 dup3 fcntl fcntl64 fstat fstat64 lseek pipe pipe2 pread64 "
    "preadv preadv2 pwrite64 pwritev pwritev2 read readv write writev "
    "getpeername getsockname getsockopt recv recvfrom recvmsg send sendmsg sendto setsockopt "
    "shutdown socketpair "
    /* waiting */
    "_newselect epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd "
    "eventfd2 poll ppoll ppoll_time64 pselect6 pselect6_time64 select signalfd signalfd4 "
    "futex futex_time64 futex_waitv get_robust_list rseq set_robust_list set_tid_address "
    /* time */
    "alarm clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep "
    "clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create "
    "timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 "
    "timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 times "
    /* signals */
    "pause restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend "
    "rt_sigtimedwait rt_sigtimedwait_time64 sigaction sigaltstack sigprocmask sigreturn sigsuspend "
    "tgkill "
    /* about oneself */
    "arch_prctl capget exit exit_group getcpu getcwd getegid getegid32 geteuid geteuid32 getgid "
    "getgid32 getgroups getgroups32 getpgid getpgrp getpid getppid getrandom getresgid getresgid32 "
    "getresuid getresuid32 getrlimit getrusage getsid gettid getuid getuid32 sched_getaffinity "
    "sched_getattr sched_getparam sched_getscheduler sched_setattr sched_yield set_thread_area "
    "set_tls sysinfo ugetrlimit "
    "uname" },
  { "@io", "access chdir chmod chown chown32 copy_file_range creat faccessat faccessat2 fadvise64 "
           "fadvise64_64 fchdir fchmod fchmodat fchown fchown32 fchownat fdatasync "
           "fgetxattr flistxattr flock fremovexattr fsetxattr fstatat64 fstatfs fstatfs64 fsync "
           "futimesat getdents getdents64 getxattr inotify_add_watch "
           "inotify_init inotify_init1 inotify_rm_watch lchown lchown32 lgetxattr link linkat "
           "listxattr llistxattr lremovexattr lsetxattr lstat lstat64 mkdir mkdirat "
           "mknod mknodat msync newfstatat oldfstat oldlstat oldstat open openat openat2 readahead "
           "readlink readlinkat removexattr rename renameat renameat2 rmdir sendfile sendfile64 "
           "setxattr splice stat stat64 statfs statfs64 statx symlink symlinkat sync_file_range "
           "sync_file_range2 syncfs tee truncate truncate64 umask unlink unlinkat utime utimensat "
           "utimensat_time64 utimes vmsplice" },
  { "@serve", "accept accept4" },
  { "@network", "@serve bind connect listen recvmmsg recvmmsg_time64 sendmmsg socket" },
  { "@process", "clone clone3 execve execveat fork kill pidfd_open pidfd_send_signal prctl "
                "prlimit64 rt_sigqueueinfo rt_tgsigqueueinfo setpgid setsid tkill vfork wait4 "
                "waitid waitpid" },
  { "@ipc", "ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 "
            "mq_timedsend mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd semctl semget "
            "semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget" },
  { "@resources",
    "get_mempolicy getpriority ioprio_get ioprio_set mbind migrate_pages mlock mlock2 "
    "mlockall move_pages munlock munlockall prlimit64 "
    "sched_get_priority_max sched_get_priority_min sched_rr_get_interval "
    "sched_setaffinity sched_setparam sched_setscheduler "
    "set_mempolicy setpriority setrlimit" },
  { "@setuid", "capset setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups "
               "setgroups32 setregid setregid32 setresgid setresgid32 setresuid setresuid32 "
               "setreuid setreuid32 setuid setuid32" },
  { "@service", "@basic @io @network @process @ipc @resources ioctl" },
};

/* Private API */

const char *
geminga_system_calls_lookup (const char *group)
{
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    if (g_str_equal (groups[i].name, group))
      return groups[i].calls;

  return NULL;
}

GStrv
geminga_system_calls_list_groups (void)
{
  GStrv names = g_new0 (char *, G_N_ELEMENTS (groups) + 1);

  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    names[i] = g_strdup (groups[i].name);

  return names;
}
