#!/usr/bin/env python3
"""Reads a segment of the index, written from docs/index-format.md alone and sharing nothing with the library.

Prints all that is in it, a line for each document and each posting, for a test that prints the same with the library.
The checksums are held against the file where the module xxhash is installed. Slow and plain on purpose.
"""
import math
import struct
import sys

try:
    import xxhash
except ImportError:
    xxhash = None

BLOCK, FOOTER, GROUP = 128, 192, 32
WORD, STEM = 0x40, 0x41


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at


def bits(number, at, width):
    return number >> at & ((1 << width) - 1)


def packed_run(data, at, n):
    """n numbers, and where the run ends."""
    width = data[at] & 0x7F
    patches = patch_width = 0
    if data[at] & 0x80:
        patches, patch_width = data[at + 1], data[at + 2]
        at += 2
    at += 1
    if n == BLOCK:
        size = 16 * width
        lanes = []
        for lane in range(4):
            row = b"".join(data[at + 16 * k + 4 * lane:at + 16 * k + 4 * lane + 4] for k in range(width))
            lanes.append(int.from_bytes(row, "little"))
        numbers = [bits(lanes[i % 4], i // 4 * width, width) for i in range(n)]
    else:
        size = (n * width + 7) // 8
        row = int.from_bytes(data[at:at + size], "little")
        numbers = [bits(row, i * width, width) for i in range(n)]
    at += size
    places = data[at:at + patches]
    at += patches
    size = (patches * patch_width + 7) // 8
    row = int.from_bytes(data[at:at + size], "little")
    for i, place in enumerate(places):
        numbers[place] += bits(row, i * patch_width, patch_width) << width
    return numbers, at + size


def string(data, at):
    n, at = varint(data, at)
    return data[at:at + n], at + n


class Segment:
    def __init__(self, data):
        self.data = data
        foot = data[-FOOTER:]
        assert data[:8] == b"reftseg2" and foot[:8] == b"reftseg2", "magic"
        (self.dictionary_at, self.groups_at, self.columns_at, self.end, self.n_terms, self.n_groups,
         self.n_docs) = struct.unpack_from("<7Q", foot, 8)
        self.first_key, self.last_key, self.checksum = struct.unpack_from("<qqQ", foot, 64)
        self.language = foot[88:112].rstrip(b"\0").decode()
        assert foot[112:184] == bytes(72) and self.end == len(data) - FOOTER
        assert self.columns_at - self.groups_at == 16 * self.n_groups
        assert self.end - self.columns_at == 66 * self.n_docs
        if xxhash:
            assert xxhash.xxh3_64_intdigest(foot[:184]) == struct.unpack_from("<Q", foot, 184)[0]
            assert xxhash.xxh3_64_intdigest(data[:self.end]) == self.checksum
        self.columns_read()

    def columns_read(self):
        at = self.columns_at
        columns = []
        for letter, size in [("q", 8)] * 3 + [("I", 4)] * 2 + [("H", 2)] * 17:
            columns.append(struct.unpack_from("<%d%s" % (self.n_docs, letter), self.data, at))
            at += size * self.n_docs
        assert at == self.end
        self.key, self.group, self.when, self.length, self.subject, self.subject_n = columns[:6]
        self.sketch = list(zip(*columns[6:]))
        assert list(self.key) == sorted(set(self.key))
        assert (self.first_key, self.last_key) == (self.key[0], self.key[-1])

    def terms(self):
        """(field, value, documents, where, bytes, bytes of the blocks, forms), held against the groups."""
        data, at, before, number = self.data, self.dictionary_at, b"", 0
        next_list = 8
        while at < self.groups_at:
            if number % GROUP == 0:
                group = struct.unpack_from("<QQ", data, self.groups_at + 16 * (number // GROUP))
                assert group == (at - self.dictionary_at, next_list), "the group begins where it is said to"
            shared, at = varint(data, at)
            assert number % GROUP or not shared
            rest, at = varint(data, at)
            term = before[:shared] + data[at:at + rest]
            assert rest and (term > before or not number), "terms grow"
            docs, at = varint(data, at + rest)
            size, at = varint(data, at)
            size, another = size >> 1, size & 1
            blocks, where, forms = size, next_list, []
            if term[0] >= WORD:
                blocks, at = varint(data, at)
            if another:
                assert term[0] == STEM and blocks == size
                where, at = varint(data, at)
                form, at = string(data, at)
                forms.append(form)
            else:
                next_list += size
                form_at = where + blocks
                while term[0] == STEM and form_at < where + size:
                    form, form_at = string(data, form_at)
                    forms.append(form)
                assert term[0] != STEM or form_at == where + size
            yield term[0], term[1:], docs, where, blocks, forms
            before = term
            number += 1
        assert number == self.n_terms and (number + GROUP - 1) // GROUP == self.n_groups
        assert next_list == self.dictionary_at, "lists lie without gaps"

    def postings(self, field, n, where, positions_at):
        """(document, count, positions) of a list; its skips are held against what they skip."""
        data, blocks = self.data, (n + BLOCK - 1) // BLOCK
        at = start = where + (14 * blocks if blocks > 1 else 0)
        at_positions = where + positions_at
        before = -1
        for block in range(blocks):
            in_block = min(BLOCK, n - BLOCK * block)
            if blocks > 1:
                last, block_at, block_positions, best = struct.unpack_from("<IIIH", data, where + 14 * block)
                assert block_at == at - start
                assert field != WORD or block_positions == at_positions - where - positions_at
            gaps, at = packed_run(data, at, in_block)
            counts = [0] * in_block
            if field >= WORD:
                stored, at = packed_run(data, at, in_block)
                counts = [self.count(c) for c in stored]
            row = []
            left = sum(count // 2 + 1 for count in counts) if field == WORD else 0
            while left:
                run, at_positions = packed_run(data, at_positions, min(left, BLOCK))
                row += run
                left -= len(run)
            worth = 0
            for gap, count in zip(gaps, counts):
                before += gap + 1
                worth = max(worth, self.impact(count, before))
                yield before, count, self.positions(row, count // 2 + 1) if field == WORD else []
            assert blocks == 1 or (last, best) == (before, worth), "a skip tells of its block"
        assert at == where + positions_at

    @staticmethod
    def count(stored):
        """2 * (occurrences - 1), + 1 where one is in the subject."""
        if stored % 8 == 7:
            return 2 * (stored // 8) + 1
        return 2 * (stored - stored // 8)

    @staticmethod
    def positions(row, n):
        out = []
        for difference in row[:n]:
            out.append(out[-1] + 1 + difference if out else difference)
        del row[:n]
        return out

    def impact(self, count, doc):
        length = min(self.length[doc], (1 << 20) - 1)
        if length >= 32:
            drop = length.bit_length() - 5
            length = length >> drop << drop
        f = count // 2 + 1 + (4 if count & 1 else 0)
        f = float(min(f, 1 << 20))
        return math.floor(4096 * f / (f + 1.2 * (0.25 + 0.75 * length / 1000)) + 0.5)


def main():
    with open(sys.argv[1], "rb") as f:
        s = Segment(f.read())
    out = ["segment %d documents, %d terms, language %s" % (s.n_docs, s.n_terms, s.language)]
    for doc in range(s.n_docs):
        out.append("document %d %d %d %d %d %d-%d %s" % (
            doc, s.key[doc], s.group[doc], s.when[doc], s.length[doc], s.subject[doc],
            s.subject[doc] + s.subject_n[doc], " ".join("%04x" % x for x in s.sketch[doc])))
    for field, value, docs, where, blocks, forms in s.terms():
        out.append("term %02x %s %d" % (field, value.hex(), docs))
        out += ["  form " + form.hex() for form in forms]
        for doc, count, positions in s.postings(field, docs, where, blocks):
            out.append(" ".join(map(str, [" ", doc, count // 2 + 1, count & 1, s.impact(count, doc)] + positions)))
    print("\n".join(out))


if __name__ == "__main__":
    main()
