# Goes on after init.sh for --system: the image's Debian becomes the root, the tree that init.sh made lies in it at
# /run/gpio-vm/host, and a service of systemd runs guest.sh there once the system is up.
for module in virtio_blk crc32c_generic ext4; do $B chroot $R /run/gpio-vm/busybox modprobe $module; done
$B mkdir /system
for disk in /sys/block/vd*; do
  [ "$($B cat $disk/serial)" != system ] || $B mount -t ext4 /dev/${disk##*/} /system || off
done
S=/system
modules=$($B ls $R/lib/modules)
$B mkdir -p $S/usr/lib/modules/$modules
$B mount -o bind $R/lib/modules/$modules $S/usr/lib/modules/$modules
# systemd leaves a /run that is there as it is.
$B mount -t tmpfs -o mode=755 r $S/run
$B mkdir -p $S/run/gpio-vm/host $S/run/systemd/system
$B cp /bin/busybox $S/run/gpio-vm/busybox
# tools/debian-root keeps services from starting while it installs.
$B rm -f $S/usr/sbin/policy-rc.d
echo board > $S/etc/hostname
# What a board has and no test needs costs half a minute of emulation, looking for the PC's devices most of all.
for unit in systemd-udev-trigger.service systemd-logind.service e2scrub_reap.service getty.target systemd-random-seed.service \
    systemd-remount-fs.service systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-binfmt.service \
    proc-sys-fs-binfmt_misc.automount dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
    sys-kernel-config.mount sys-fs-fuse-connections.mount kmod-static-nodes.service systemd-tmpfiles-setup-dev.service timers.target \
    systemd-tmpfiles-setup-dev-early.service systemd-pcrphase.service systemd-pcrphase-sysinit.service modprobe@.service; do
  $B ln -s /dev/null $S/run/systemd/system/$unit
done
$B cat > $S/run/systemd/system/gpio-vm.target <<U
[Unit]
Requires=multi-user.target gpio-vm.service
After=multi-user.target
AllowIsolate=yes
U
$B cat > $S/run/systemd/system/gpio-vm.service <<U
[Unit]
Description=The command of tools/gpio-vm
After=multi-user.target
[Service]
ExecStart=/run/gpio-vm/busybox chroot /run/gpio-vm/host /run/gpio-vm/busybox sh /run/gpio-vm/ctl/guest.sh
ExecStopPost=/run/gpio-vm/busybox reboot -f
U
up the other Debian is mounted
$B mount -o move $R $S/run/gpio-vm/host
exec $B switch_root $S /lib/systemd/systemd --unit=gpio-vm.target
