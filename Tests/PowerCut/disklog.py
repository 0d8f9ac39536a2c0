"""What was written to a disk, in order, as QEMU's blklogwrites notes it: the format of dm-log-writes
(Documentation/admin-guide/device-mapper/log-writes.rst)."""
import struct

SECTOR = 512
MAGIC = 0x6A736677736872
FLUSH, FUA, DISCARD = 1, 2, 4


class Write:
    def __init__(self, end, sector, flags, data):
        #: The length of the log when this was in it.
        self.end, self.sector, self.flags, self.data = end, sector, flags, data

    is_flush = property(lambda self: bool(self.flags & FLUSH))


def read(path):
    """The writes and flushes, oldest first. One that was being noted when the power went is left out."""
    with open(path, "rb") as file:
        log = file.read()
    magic, version, _, size = struct.unpack_from("<QQQI", log)
    assert (magic, version, size) == (MAGIC, 1, SECTOR), "another kind of log"
    position, found = SECTOR, []
    while position + SECTOR <= len(log):
        sector, count, flags, _ = struct.unpack_from("<QQQQ", log, position)
        length = 0 if flags & DISCARD else count * SECTOR
        end = position + SECTOR + length
        if end > len(log):
            break
        found.append(Write(end, sector, flags, log[position + SECTOR:end]))
        position = end
    return found


def disks(base, writes, dice):
    """For each moment the disk as a power cut then leaves it: (length of the log, contents). Twice, first with all that was written so
    far; then, as a disk with a cache is allowed to, with only some of what came after the last flush."""
    safe, now, unsafe = bytearray(base), bytearray(base), []
    for write in writes:
        if write.is_flush:
            safe, unsafe = bytearray(now), []
        if write.data:
            place = slice(write.sector * SECTOR, write.sector * SECTOR + len(write.data))
            now[place] = write.data
            unsafe.append((place, write.data))
        yield write.end, now
        if unsafe:
            some = bytearray(safe)
            for place, data in unsafe:
                if dice.random() < 0.5:
                    some[place] = data
            yield write.end, some
