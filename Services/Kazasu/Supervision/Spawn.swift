import CLinux
import Glibc

/// Starts a program with nothing of ours but its standard output and error, which come out of `output`.
///
/// It gets an empty signal mask and default dispositions (whatever of ours is blocked would stay blocked in it), a process group of its own (so
/// that Ctrl-C reaches the supervisor alone, which ends the others in order), and ends by itself when the supervisor is killed.
func spawn(_ spec: ChildSpec) throws(Failure) -> (pid: pid_t, output: Int32) {
    guard access(spec.program, X_OK) == 0 else {
        throw .refused(
            "\(spec.name) cannot be started: \(spec.program): \(String(cString: strerror(errno))). Is everything built and installed?")
    }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .refused("no pipe for \(spec.name): \(String(cString: strerror(errno))).") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)

    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    posix_spawn_file_actions_addopen(&files, 0, spec.input, O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&files, ends[1], 1)
    posix_spawn_file_actions_adddup2(&files, ends[1], 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer {
        posix_spawn_file_actions_destroy(&files)
        posix_spawnattr_destroy(&attributes)
        close(ends[1])
    }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    // The two that cannot be changed are refused in a set of defaults.
    sigdelset(&all, SIGKILL)
    sigdelset(&all, SIGSTOP)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

    let words = commandLine(spec)
    var argv = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, words[0], &files, &attributes, &argv, environ)
    guard code == 0 else {
        close(ends[0])
        throw .refused("\(spec.name) cannot be started: \(words[0]): \(String(cString: strerror(code))).")
    }
    return (pid, ends[0])
}

/// setpriv(1) of util-linux asks the kernel for the signal at our death and becomes the program; posix_spawn(3) has no word for it.
private func commandLine(_ spec: ChildSpec) -> [String] {
    let setpriv = "/usr/bin/setpriv"
    let prefix = access(setpriv, X_OK) == 0 ? [setpriv, "--pdeathsig", "TERM", "--"] : []
    let variables = spec.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let surroundings = (spec.folder.map { ["--chdir=\($0)"] } ?? []) + variables
    return prefix + (surroundings.isEmpty ? [] : ["/usr/bin/env"] + surroundings) + [spec.program] + spec.arguments
}
