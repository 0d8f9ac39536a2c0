# In the guest: do what systemd and udev do with the files of a package, which busybox has not, as far as perch's own need it.
# The words are read from those files, so that a user, a group or a mode that they forget is missing here as well.
set -e
mkdir -p /var/lib /run
number=100
grep '^[gum]' /usr/lib/sysusers.d/perch.conf > /tmp/users
while read -r kind name group rest; do
  number=$((number + 1))
  case $kind in
    [gu]) echo "$name:x:$number:" >> /etc/group ;;
    m) sed -i "/^$group:/{s/:$/:$name/;t;s/$/,$name/}" /etc/group ;;
  esac
  [ "$kind" != u ] || echo "$name:x:$number:$number::/var/lib/perch:/bin/sh" >> /etc/passwd
done < /tmp/users
grep '^[dz]' /usr/lib/tmpfiles.d/perch.conf | while read -r kind path mode user group rest; do
  [ "$kind" = z ] || mkdir -p "$path"
  [ ! -e "$path" ] || { chown "$user:$group" "$path"; chmod "$mode" "$path"; }
done
sed -n 's/^[^#]*KERNEL=="\([^"]*\)".*GROUP="\([^"]*\)".*MODE="\([^"]*\)".*/\1 \2 \3/p' /usr/lib/udev/rules.d/*perch*.rules |
while read -r device group mode; do
  for node in /dev/$device; do chgrp "$group" "$node"; chmod "$mode" "$node"; done
done
# perch.service: StateDirectory=, StateDirectoryMode=
mkdir -p /var/lib/perch
chown perch:perch /var/lib/perch
chmod 700 /var/lib/perch
