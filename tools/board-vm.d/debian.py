"""As much of a Debian system as it takes to install a package there with dpkg, and what perch's package depends on."""
import glob
import hashlib
import os
import shutil
import subprocess
import tempfile

# dpkg and what maintainer scripts call; then libraries: theirs, and perch's.
PACKAGES = (
    "dpkg tar perl-base init-system-helpers systemd-standalone-sysusers systemd-standalone-tmpfiles"
    " libacl1 libatomic1 libbz2-1.0 libc6 libcap2 libcrypt1 liblzma5 libmd0 libpcre2-8-0 libselinux1 libzstd1"
    " libexpat1 libgcc-s1 libinih1 zlib1g").split()
OF_SUITE = {"bookworm": ["libssl3", "libgpiod2"], "trixie": ["libssl3t64", "libgpiod3"]}
# dpkg looks for it, and the libraries are where the loader finds them by itself.
LDCONFIG = "#!/bin/sh\n"


def system(cache, debs, architecture, suite):
    """The folder with such a system, made by the tool `debs` when it is not there. Its packages are unpacked, and dpkg is told that they
    are installed; none of their scripts has run. The caller keeps others from doing the same."""
    packages = PACKAGES + OF_SUITE.get(suite, OF_SUITE["trixie"])
    stamp = hashlib.sha256(("1" + " ".join(packages)).encode()).hexdigest()[:12]
    folder = os.path.join(cache, f"system-{suite}-{architecture}-{stamp}")
    if not os.path.exists(folder):
        with tempfile.TemporaryDirectory(dir=cache) as work:
            subprocess.run([debs, architecture, suite, work + "/debs", *packages], check=True)
            unpack(glob.glob(work + "/debs/*.deb"), work + "/root")
            os.rename(work + "/root", folder)
    return folder


def unpack(debs, root):
    # Merged /usr first: Debian 12's packages still carry /lib.
    for name in ("bin", "lib", "sbin"):
        os.makedirs(f"{root}/usr/{name}")
        os.symlink("usr/" + name, f"{root}/{name}")
    notes = root + "/var/lib/dpkg"
    os.makedirs(notes + "/info")
    with open(notes + "/status", "w") as status:
        for deb in debs:
            extract(deb, root)
            control = subprocess.run(["dpkg-deb", "-f", deb], check=True, stdout=subprocess.PIPE, text=True).stdout
            status.write(control.rstrip("\n") + "\nStatus: install ok installed\n\n")
            fields = dict(line.split(": ", 1) for line in control.splitlines() if ": " in line and line[0] != " ")
            name = fields["Package"] + (":" + fields["Architecture"] if fields.get("Multi-Arch") == "same" else "")
            open(f"{notes}/info/{name}.list", "w").close()
    # All of it will be in memory.
    for waste in [root + "/usr/share/" + name for name in ("doc", "man", "locale", "info", "lintian")] + glob.glob(root + "/usr/lib/*/gconv"):
        shutil.rmtree(waste, ignore_errors=True)
    with open(root + "/usr/sbin/ldconfig", "w") as file:
        file.write(LDCONFIG)
    os.chmod(root + "/usr/sbin/ldconfig", 0o755)


def extract(deb, root):
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", root], stdin=archive.stdout, check=True)
