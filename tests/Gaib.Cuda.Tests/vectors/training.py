"""Recomputes the pinned numbers of the training tests from the documented rules, in plain Python 3 without packages.

    python3 training.py

binary32 is emulated by rounding each binary64 result once: for +, -, * and / of binary32 numbers that is exact.
"""
import math
import struct

M64 = 2**64 - 1


def rol(x, n):
    n %= 64
    return ((x << n) | (x >> (64 - n))) & M64 if n else x


def round_constants():
    constants, r = [], 1
    for _ in range(24):
        c = 0
        for j in range(7):
            if r & 1:
                c |= 1 << ((1 << j) - 1)
            r = ((r << 1) ^ ((r >> 7) * 0x71)) & 0xFF
            c &= M64
        constants.append(c)
    return constants


RC = round_constants()


def keccak(data):
    a = [[0] * 5 for _ in range(5)]
    p = bytearray(data) + b"\x01"
    p += b"\0" * (-len(p) % 136)
    p[-1] |= 0x80
    for o in range(0, len(p), 136):
        for i in range(17):
            a[i % 5][i // 5] ^= int.from_bytes(p[o + 8 * i:o + 8 * i + 8], "little")
        for rc in RC:
            c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
            d = [c[(x - 1) % 5] ^ rol(c[(x + 1) % 5], 1) for x in range(5)]
            b = [[a[x][y] ^ d[x] for y in range(5)] for x in range(5)]
            x, y = 1, 0
            current = b[x][y]
            for t in range(24):
                x, y = y, (2 * x + 3 * y) % 5
                current, b[x][y] = b[x][y], rol(current, (t + 1) * (t + 2) // 2)
            a = [[b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y] & M64) for y in range(5)] for x in range(5)]
            a[0][0] ^= rc
    return b"".join(a[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


def word(n):
    return (n % 2**256).to_bytes(32, "big")


class Draws:
    def __init__(self, seed):
        self.seed, self.block, self.words = seed, 0, []

    def word(self):
        if not self.words:
            h = keccak(self.seed + self.block.to_bytes(8, "big"))
            self.block += 1
            self.words = [int.from_bytes(h[8 * i:8 * i + 8], "big") for i in range(4)]
        return self.words.pop(0)

    def below(self, bound):
        while True:
            w = self.word()
            if w < 2**64 // bound * bound:
                return w % bound


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def blob(numbers):
    return struct.pack("<%df" % len(numbers), *numbers)


def schedule(run, rnd, slot, count, batch, steps):
    epochs, out = {}, []
    for position in range(slot * batch * steps, (slot + 1) * batch * steps):
        e = position // count
        if e not in epochs:
            draws = Draws(keccak(keccak(b"gaib.batch.1") + run + word(rnd) + word(e)))
            order = list(range(count))
            for i in range(count - 1, 0, -1):
                j = draws.below(i + 1)
                order[i], order[j] = order[j], order[i]
            epochs[e] = order
        out.append(epochs[e][position % count])
    return out


def initial(layers, scale, seed):
    shape = keccak(word(scale) + word(len(layers)) + b"".join(map(word, layers)))
    draws = Draws(keccak(keccak(b"gaib.init.1") + seed + shape))
    out = []
    for i, o in zip(layers, layers[1:]):
        amplitude = math.isqrt((6 << 44) // i)
        out += [(((2 * draws.below(1 << 24) + 1 - (1 << 24)) * amplitude) >> 24) / 2**22 for _ in range(i * o)]
        out += [0.0] * o
    return out


def exp32(x):
    if x < -87:
        return 0.0
    n = f32(f32(f32(x * f32(1.44269504)) + 12582912.0) - 12582912.0)
    r = f32(f32(x - f32(n * f32(0.693359375))) - f32(n * f32(-2.12194440e-4)))
    p = f32(1.9875691500e-4)
    for c in (1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1):
        p = f32(f32(p * r) + f32(c))
    y = f32(f32(f32(p * f32(r * r)) + r) + 1.0)
    return f32(y * 2.0 ** int(n))


def exp64(x):
    if x < -700:
        return 0.0
    n = ((x * 1.4426950408889634) + 6755399441055744.0) - 6755399441055744.0
    r = (x - (n * 6.93147180369123816490e-01)) - (n * 1.90821492927058770002e-10)
    p = 1.0 / math.factorial(13)
    for k in range(12, -1, -1):
        p = (p * r) + 1.0 / math.factorial(k)
    return p * 2.0 ** int(n)


def log64(x):
    m, e = math.frexp(x)
    m, e = m * 2, e - 1
    if m > 1.4142135623730951:
        m, e = m * 0.5, e + 1
    f = (m - 1.0) / (m + 1.0)
    s = f * f
    p = 1.0 / 21.0
    for odd in range(19, 0, -2):
        p = (p * s) + (1.0 / odd)
    return (((2.0 * f) * p) + (e * 1.90821492927058770002e-10)) + (e * 6.93147180369123816490e-01)


def tree(x):
    lanes = [0.0] * 16
    for i, v in enumerate(x):
        lanes[i % 16] = f32(lanes[i % 16] + v)
    for half in (8, 4, 2, 1):
        for i in range(half):
            lanes[i] = f32(lanes[i] + lanes[i + half])
    return lanes[0]


class Net:
    def __init__(self, layers, scale):
        self.layers, self.scale, self.starts = layers, scale, [0]
        for i, o in zip(layers, layers[1:]):
            self.starts.append(self.starts[-1] + (i + 1) * o)
        self.depth = len(layers) - 1

    def tensors(self):
        for l in range(self.depth):
            yield self.layers[l] * self.layers[l + 1]
            yield self.layers[l + 1]

    def affine(self, w, l, x):
        s, o = self.starts[l], self.layers[l + 1]
        z = [w[s + len(x) * o + j] for j in range(o)]
        for i, v in enumerate(x):
            for j in range(o):
                z[j] = f32(z[j] + f32(v * w[s + i * o + j]))
        return z

    def forward(self, w, row):
        a = [[v / 2**self.scale for v in row]]
        for l in range(self.depth):
            z = self.affine(w, l, a[-1])
            a.append([max(v, 0.0) for v in z] if l + 1 < self.depth else z)
        return a

    def softmax(self, logits):
        most = max(logits)
        e = [exp32(f32(z - most)) for z in logits]
        total = tree(e)
        return [f32(v / total) for v in e]

    def add_back(self, w, l, delta, target):
        s, o = self.starts[l], self.layers[l + 1]
        for i in range(len(target)):
            for j in range(o):
                target[i] = f32(target[i] + f32(delta[j] * w[s + i * o + j]))

    def add_gradient(self, g, l, x, delta):
        s, o = self.starts[l], self.layers[l + 1]
        for i, v in enumerate(x):
            for j in range(o):
                g[s + i * o + j] = f32(g[s + i * o + j] + f32(v * delta[j]))

    def add_bias(self, g, l, delta):
        s = self.starts[l] + self.layers[l] * self.layers[l + 1]
        for j, d in enumerate(delta):
            g[s + j] = f32(g[s + j] + d)

    def differentiate(self, w, rows, labels, divisor):
        passes, g = [], [0.0] * len(w)
        for row, label in zip(rows, labels):
            a = self.forward(w, row)
            d = [None] * self.depth
            d[-1] = [f32(f32(p - (j == label)) / divisor) for j, p in enumerate(self.softmax(a[-1]))]
            for l in range(self.depth - 1, 0, -1):
                d[l - 1] = [0.0] * self.layers[l]
                self.add_back(w, l, d[l], d[l - 1])
                d[l - 1] = [v if x > 0 else 0.0 for v, x in zip(d[l - 1], a[l])]
            for l in range(self.depth):
                self.add_gradient(g, l, a[l], d[l])
                self.add_bias(g, l, d[l])
            passes.append((a, d))
        return passes, g

    def curvature(self, w, passes, v):
        h, ends = [0.0] * len(w), []
        for a, d in passes:
            t = []
            for l in range(self.depth):
                z = self.affine(v, l, a[l])
                s, o = self.starts[l], self.layers[l + 1]
                for i in range(self.layers[l] if l else 0):
                    for j in range(o):
                        z[j] = f32(z[j] + f32(t[l - 1][i] * w[s + i * o + j]))
                t.append([x if y > 0 else 0.0 for x, y in zip(z, a[l + 1])] if l + 1 < self.depth else z)
            p = self.softmax(a[-1])
            mean = tree([f32(x * y) for x, y in zip(p, t[-1])])
            b = [None] * self.depth
            b[-1] = [f32(x * f32(y - mean)) for x, y in zip(p, t[-1])]
            for l in range(self.depth - 1, 0, -1):
                b[l - 1] = [0.0] * self.layers[l]
                self.add_back(v, l, d[l], b[l - 1])
                self.add_back(w, l, b[l], b[l - 1])
                b[l - 1] = [x if y > 0 else 0.0 for x, y in zip(b[l - 1], a[l])]
            ends.append((a, d, t, b))
        for l in range(self.depth):
            for a, d, t, b in ends:
                self.add_gradient(h, l, a[l], b[l])
                self.add_bias(h, l, b[l])
            for a, d, t, b in ends if l else []:
                self.add_gradient(h, l, t[l - 1], d[l])
        return h

    def dot(self, u, a, d):
        total = 0.0
        for l in range(self.depth):
            total += tree([f32(x * y) for x, y in zip(self.affine(u, l, a[l]), d[l])])
        return total

    def loss_q32(self, w, rows, labels):
        total = 0
        for row, label in zip(rows, labels):
            z = self.forward(w, row)[-1]
            most = max(z)
            s = 0.0
            for v in z:
                s += exp64(v - most)
            total += round((log64(s) + (most - z[label])) * 2**32)
        return total

    def delta(self, local, start):
        exponents, values, at = [], [], 0
        for length in self.tensors():
            d = [f32(x - y) for x, y in zip(local[at:at + length], start[at:at + length])]
            most = max(map(abs, d))
            e = next((e for e in range(-22, -6) if most <= 127 * 2.0**e), -6)
            exponents.append(e)
            values += [max(-127, min(127, round(x / 2.0**e))) for x in d]
            at += length
        return exponents, values


def delta_bytes(exponents, values):
    return bytes([1, len(exponents)]) + struct.pack("<%db" % len(exponents + values), *exponents, *values)


def run(net, seed, rounds, slots, steps, batch, eta, outer, mu, rows, labels, owners, players, held, held_labels):
    w = initial(net.layers, net.scale, seed)
    m = [0.0] * len(w)
    eta, outer, mu = f32(eta), f32(outer), f32(mu)
    for rnd in range(rounds):
        deltas = []
        values = [[0] * players for _ in range(slots)]
        for slot in range(slots):
            local, trace = list(w), keccak(blob(w))
            order = schedule(seed, rnd, slot, len(rows), batch, steps)
            for step in range(steps):
                index = order[step * batch:(step + 1) * batch]
                passes, g = net.differentiate(local, [rows[i] for i in index], [labels[i] for i in index], float(batch))
                seen, slope = net.differentiate(local, held, held_labels, 1.0)
                bend = net.curvature(local, seen, g)
                half = f32(f32(eta * eta) * 0.5)
                u = [f32(f32(eta * x) - f32(half * y)) for x, y in zip(slope, bend)]
                for i, (a, d) in zip(index, passes):
                    values[slot][owners[i]] += round(net.dot(u, a, d) * 2**48)
                local = [f32(x - f32(eta * y)) for x, y in zip(local, g)]
                trace = keccak(trace + keccak(blob(local)))
            deltas.append(net.delta(local, w))
            print(f"round {rnd} slot {slot} delta 0x{keccak(delta_bytes(*deltas[-1])).hex()} trace 0x{trace.hex()}")
        before = net.loss_q32(w, held, held_labels)
        at = 0
        for tensor, length in enumerate(net.tensors()):
            least = min(e[tensor] for e, _ in deltas)
            for i in range(at, at + length):
                total = sum(v[i] << (e[tensor] - least) for e, v in deltas)
                mean = f32(f32(f32(float(total)) * 2.0**least) / slots)
                m[i] = f32(f32(mu * m[i]) + mean)
                w[i] = f32(w[i] + f32(outer * f32(mean + f32(mu * m[i]))))
            at += length
        print(f"round {rnd} values {values} loss {before} -> {net.loss_q32(w, held, held_labels)}")
    return w


def blobs(count, features, classes, text):
    draws, rows, labels = Draws(keccak(text)), [], []
    for _ in range(count):
        label = draws.below(classes)
        labels.append(label)
        rows.append([(label * 5 + j * 3 + draws.below(9)) % 17 for j in range(features)])
    return rows, labels


def gemm_entries(seed, operand, count):
    h = keccak(seed + word(operand))
    keys = [int.from_bytes(h[8 * i:8 * i + 8], "big") for i in range(4)]
    out, i = [], 0
    while len(out) < count:
        z = (keys[i % 4] + (i // 4 + 1) * 0x9E3779B97F4A7C15) & M64
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M64
        z ^= z >> 31
        out += [0 if b == 128 else b - 256 * (b > 127) for b in z.to_bytes(8, "little")]
        i += 1
    return out[:count]


if __name__ == "__main__":
    assert keccak(b"").hex().startswith("c5d24601")
    zero = bytes(32)
    print("batches", schedule(zero, 1, 0, 7, 5, 2), schedule(zero, 1, 1, 7, 5, 2))
    print("gemm", gemm_entries(zero, 0, 8), gemm_entries(zero, 0, 48)[40:])
    print("initial 0x" + keccak(blob(initial([5, 4, 3], 2, zero))).hex())
    train, train_labels = blobs(90, 12, 5, b"pinned")
    held, held_labels = blobs(20, 12, 5, b"pinned held back")
    weights = run(Net([12, 24, 5], 4), keccak(b"bits"), 2, 2, 6, 8, 0.2, 1.0, 0.5,
                  train, train_labels, [i % 3 for i in range(90)], 3, held, held_labels)
    print("weights 0x" + keccak(blob(weights)).hex())
