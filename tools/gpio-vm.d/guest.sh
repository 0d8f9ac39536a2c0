# Runs in the guest inside the overlay: makes the GPIO chips, then runs cmd.sh with its output going
# to the host through two virtio-serial ports, and leaves its status in ctl/status.
cd /run/gpio-vm/ctl
B=/run/gpio-vm/busybox
up() { read u x </proc/uptime; echo "gpio-vm: $u s: $*" >/dev/kmsg; }
D=/sys/kernel/config/gpio-sim/dev0
$B mkdir $D

# bank N LABEL COUNT NAME,NAME,,NAME
bank() {
  $B mkdir $D/bank$1; echo $3 > $D/bank$1/num_lines; echo "$2" > $D/bank$1/label
  o=0; IFS=,
  for name in $4; do
    if [ -n "$name" ]; then $B mkdir $D/bank$1/line$o; echo "$name" > $D/bank$1/line$o/name; fi
    o=$((o+1))
  done
  unset IFS
}
# hog BANK OFFSET CONSUMER DIRECTION
hog() {
  $B mkdir -p $D/bank$1/line$2/hog
  echo "$3" > $D/bank$1/line$2/hog/name; echo "$4" > $D/bank$1/line$2/hog/direction
}
. ./chips.sh
echo 1 > $D/live || echo "gpio-vm: cannot make the gpio-sim chips" >&2

$B mkdir -p /run/gpio-sim/lines
dev=$($B cat $D/dev_name)
for b in $D/bank*; do
  n=${b##*/bank}; chip=$($B cat $b/chip_name); sys=/sys/devices/platform/$dev/$chip
  label=$($B cat $b/label)
  $B ln -s /dev/$chip "/run/gpio-sim/$label"; $B ln -s $sys "/run/gpio-sim/sysfs-$label"
  for l in $b/line*; do
    name=$($B cat $l/name 2>/dev/null)
    [ -n "$name" ] && $B ln -s $sys/sim_gpio${l##*/line} "/run/gpio-sim/lines/$name"
  done
done
# As on Raspberry Pi OS: the devices belong to a group `gpio`, which may open them. Another Debian has a udev for that.
if [ ! -e system.sh ]; then
  $B grep -q '^gpio:' /etc/group || echo 'gpio:x:61006:' >> /etc/group
  $B chgrp gpio /dev/gpiochip*; $B chmod 660 /dev/gpiochip*
fi
export GPIO_VM=1 GPIO_SIM=/run/gpio-sim

$B mkfifo /run/gpio-vm/o /run/gpio-vm/e
for p in /sys/class/virtio-ports/*; do $B ln -s /dev/${p##*/} /run/gpio-vm/$($B cat $p/name); done
$B cat /run/gpio-vm/o > /run/gpio-vm/vout & po=$!
$B cat /run/gpio-vm/e > /run/gpio-vm/verr & pe=$!
up command starts
$B setsid $B sh /run/gpio-vm/ctl/cmd.sh > /run/gpio-vm/o 2> /run/gpio-vm/e < /dev/null
rc=$?
up "command ended with status $rc"
# A daemon that the command left behind may hold the pipes: do not wait for it for ever.
( $B sleep 2; $B kill $po $pe 2>/dev/null ) >/dev/null 2>&1 &
wait $po $pe
echo $rc > status.tmp; $B mv status.tmp status
