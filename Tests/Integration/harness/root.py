"""Where a Debian release's servers are installed on this machine, and how a program is run there."""
import functools
import os
import shlex
import subprocess

from .process import TOP

# The Debian suite that has each release.
SUITES = {"prosody 0.12": "bookworm", "prosody 13": "trixie", "ejabberd 23.01": "bookworm", "ejabberd 24.12": "trixie"}


@functools.lru_cache(None)
def root_of(suite):
    """The root folder of a Debian suite with the servers in it; makes the chroot when there is none. None: this machine."""
    if suite is None:
        return "/"
    done = subprocess.run([os.path.join(TOP, "tools", "servers"), suite], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"tools/servers {suite}: {done.stderr}")
    return done.stdout.strip()


def inside(root, folders, command):
    """`command` as it is run with `root` as its root folder, where `folders` are seen under their own names.

    It gets a mount namespace of its own, with a root of its own put together in memory from parts of `root` (read-only),
    so that nothing is written to the chroot and nothing stays mounted. Nobody but root may do that; for others a user
    namespace makes it possible. The process that is started becomes `command`: its pid is the one to kill."""
    if root == "/":
        return command
    new = os.path.join(folders[0], "root")
    os.makedirs(new, exist_ok=True)
    lines = ["set -e", f"cd {shlex.quote(new)}", "mount -t tmpfs -o mode=755 tmpfs .", f"cd {shlex.quote(new)}", "mkdir -m 1777 tmp"]
    for name in ("usr", "etc"):
        source = shlex.quote(os.path.join(root, name))
        lines += [f"mkdir {name}", f"mount --bind {source} {name}", f"mount -o remount,bind,ro {name}"]
    lines += [f"if [ -e {root}/{name} ]; then ln -s usr/{name} {name}; fi" for name in ("bin", "sbin", "lib", "lib64")]
    lines += ["mkdir proc dev", "mount --rbind /proc proc", "mount --rbind /dev dev"]
    for folder in folders:
        quoted = shlex.quote(folder)
        lines += [f"mkdir -p .{quoted}", f"mount --bind {quoted} .{quoted}"]
    lines.append(f"exec chroot . {shlex.join(command)}")
    users = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *users, "--mount", "--propagation", "private", "sh", "-c", "\n".join(lines)]
