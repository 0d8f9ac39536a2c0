# In the guest, after dpkg has installed the package: do what udev and systemd do with its files there, as far as it matters here.
# The rule's words are read from its file, so that one that does not fit leaves the lines to root.
set -e
sed -n 's/^[^#]*KERNEL=="\([^"]*\)".*GROUP="\([^"]*\)".*MODE="\([^"]*\)".*/\1 \2 \3/p' /usr/lib/udev/rules.d/60-perch-gpio.rules |
while read -r device group mode; do
  for node in /dev/$device; do chgrp "$group" "$node"; chmod "$mode" "$node"; done
done
# perch.service: StateDirectory=, StateDirectoryMode=
mkdir -p /var/lib/perch
chown perch:perch /var/lib/perch
chmod 700 /var/lib/perch
