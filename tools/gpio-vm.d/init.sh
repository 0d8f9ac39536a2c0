#!/bin/busybox sh
# The guest's first process: load the modules, lay a tmpfs over the host's read-only root, and run
# guest.sh in it. Without systemd and udev a boot takes about 2 s of emulation. With --system this goes on in system.sh.
B=/bin/busybox
export PATH=/bin
$B mount -t proc p /proc; $B mount -t sysfs s /sys; $B mount -t devtmpfs d /dev
$B mkdir -p /dev/pts /dev/shm
up() { read u x </proc/uptime; $B echo "gpio-vm: $u s: $*" >/dev/kmsg; }
off() { $B sync; $B reboot -f; }
up init
for m in /mod/*.ko; do $B insmod $m || $B echo "gpio-vm: insmod $m failed" >/dev/kmsg; done
up modules loaded
O=trans=virtio,version=9p2000.L,msize=512000
$B mount -t 9p -o $O,cache=loose,ro hostroot /host || off
$B mount -t 9p -o $O,cache=none ctl /ctl || off
$B mount -t tmpfs t /new; $B mkdir /new/up /new/work /new/root
$B mount -t overlay -o lowerdir=/host,upperdir=/new/up,workdir=/new/work o /new/root || off
R=/new/root
$B mkdir -p $R/proc $R/sys $R/dev $R/run $R/tmp $R/lib/modules
$B mount -t devtmpfs d $R/dev; $B mount -t devpts -o ptmxmode=666 p $R/dev/pts; $B mount -t tmpfs s $R/dev/shm
$B mount -t proc p $R/proc; $B mount -t sysfs s $R/sys; $B mount -t tmpfs r $R/run
$B mount -t configfs c $R/sys/kernel/config
$B ln -sf /proc/self/fd $R/dev/fd; $B ln -sf /proc/self/fd/0 $R/dev/stdin
$B ln -sf /proc/self/fd/1 $R/dev/stdout; $B ln -sf /proc/self/fd/2 $R/dev/stderr
$B mkdir -p $R/run/gpio-vm/ctl
$B cp /bin/busybox $R/run/gpio-vm/busybox
$B mount -o bind /ctl $R/run/gpio-vm/ctl
. /ctl/mounts.sh
$B ip link set lo up
$B hostname gpio-vm
up mounted
[ ! -e /ctl/system.sh ] || . /ctl/system.sh
# chroot, not switch_root: the initramfs (2 MB) simply stays below
$B chroot $R /run/gpio-vm/busybox sh /run/gpio-vm/ctl/guest.sh
up finished
off
