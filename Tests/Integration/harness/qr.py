"""What a phone reads from a QR code of half blocks on a terminal (ISO/IEC 18004). Enough for a short text without dirt: versions 1 to 5,
level L, bytes; nothing is corrected, so a wrong module is a wrong text."""
import re

# Bytes of data in versions 1 to 5 at level L, which have a single block.
DATA = [19, 34, 55, 80, 108]
MASKS = [
    lambda y, x: (y + x) % 2, lambda y, x: y % 2, lambda y, x: x % 3, lambda y, x: (y + x) % 3, lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3, lambda y, x: (y * x % 2 + y * x % 3) % 2, lambda y, x: ((y + x) % 2 + y * x % 3) % 2]


def modules(shown, margin=2):
    """Rows of booleans, true where it is dark, without the margin, which has to be light."""
    rows = []
    for line in re.findall(r"\x1b\[40;37;1m([ ▀▄█]+)\x1b\[0m", shown):
        rows.append([character in " ▄" for character in line])
        rows.append([character in " ▀" for character in line])
    side = len(rows[0])
    # The height is odd with its margin; half of the last row is nothing.
    assert len(rows) in (side, side + 1), f"{side} wide and {len(rows)} high"
    inside = [row[margin:side - margin] for row in rows[margin:side - margin]]
    dark = sum(map(sum, rows[:side]))
    assert dark == sum(map(sum, inside)), "the margin is not light"
    return inside


def decode(shown):
    grid = modules(shown)
    side = len(grid)
    version, rest = divmod(side - 17, 4)
    assert rest == 0 and 1 <= version <= 5, f"{side} modules"

    def is_function(y, x):
        corner = (y < 9 and x < 9) or (y < 9 and x >= side - 8) or (y >= side - 8 and x < 9)
        alignment = version > 1 and abs(y - (side - 7)) <= 2 and abs(x - (side - 7)) <= 2
        return corner or alignment or y == 6 or x == 6

    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        for y in range(7):
            for x in range(7):
                ring = max(abs(y - 3), abs(x - 3))
                assert grid[top + y][left + x] == (ring != 2), "a finder pattern is wrong"
    places = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    form = 0
    for y, x in places:
        form = form << 1 | grid[y][x]
    form ^= 0x5412
    assert form >> 13 == 1, "not level L"
    mask = MASKS[form >> 10 & 7]
    bits = []
    upward = True
    x = side - 1
    while x > 0:
        if x == 6:
            x -= 1
        for y in (range(side - 1, -1, -1) if upward else range(side)):
            for column in (x, x - 1):
                if not is_function(y, column):
                    bits.append(grid[y][column] ^ (mask(y, column) == 0))
        upward = not upward
        x -= 2
    number = int("".join("01"[bit] for bit in bits[:DATA[version - 1] * 8]), 2)
    total = DATA[version - 1] * 8
    take = lambda start, count: number >> (total - start - count) & ((1 << count) - 1)  # noqa: E731
    assert take(0, 4) == 4, "not bytes"
    return bytes(take(12 + 8 * index, 8) for index in range(take(4, 8))).decode()
