/// The programs that a sandbox sees at /usr/bin where this machine has them: those of the packages bash, coreutils, gawk, glibc-common, grep
/// and sed, which Lambda's operating systems have.
///
/// There is no compiler or linker among them, so that ctypes' `find_library`, which asks these, finds nothing, as on Lambda.
enum VisiblePrograms {
    static let names = bash + coreutils + others

    private static let bash = ["bash", "sh"]

    private static let coreutils = [
        "[", "arch", "b2sum", "base32", "base64", "basename", "basenc", "cat", "chcon", "chgrp", "chmod", "chown", "cksum", "comm", "cp",
        "csplit", "cut", "date", "dd", "df", "dir", "dircolors", "dirname", "du", "echo", "env", "expand", "expr", "factor", "false", "fmt",
        "fold", "groups", "head", "hostid", "id", "install", "join", "link", "ln", "logname", "ls", "md5sum", "mkdir", "mkfifo", "mknod",
        "mktemp", "mv", "nice", "nl", "nohup", "nproc", "numfmt", "od", "paste", "pathchk", "pinky", "pr", "printenv", "printf", "ptx",
        "pwd", "readlink", "realpath", "rm", "rmdir", "runcon", "seq", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum",
        "shred", "shuf", "sleep", "sort", "split", "stat", "stdbuf", "stty", "sum", "sync", "tac", "tail", "tee", "test", "timeout",
        "touch", "tr", "true", "truncate", "tsort", "tty", "uname", "unexpand", "uniq", "unlink", "users", "vdir", "wc", "who", "whoami",
        "yes",
    ]

    private static let others = ["awk", "egrep", "fgrep", "gawk", "getent", "grep", "iconv", "ldd", "locale", "localedef", "sed"]
}
