using System.Buffers.Binary;
using Gaib.Domain.Training;

namespace Gaib.Domain.Compute;

/// <summary>
/// Checks C = A·B in O(n²): for vectors r that the device could not know, A·(B·r) must equal C·r (R. Freivalds, "Probabilistic
/// machines can use less running time", 1977), here modulo the prime 2^31 − 1.
/// </summary>
public static class Freivalds
{
    /// <summary>2^31 − 1.</summary>
    public const long Modulus = int.MaxValue;

    /// <summary>Vectors drawn by default: a wrong product passes with probability below 2^−61.</summary>
    public const int RoundsDefault = 2;

    /// <summary>
    /// Checks an answer against its challenge: length, commitment, every |entry| ≤ n·127², then the products. Entries of a vector are
    /// 1 + draw below 2^31 − 2 from the stream of keccak256(abi.encode(<see cref="VectorSeed"/>, round)); no entry is 0, so an answer
    /// with one wrong entry never passes.
    /// </summary>
    /// <param name="challenge">What was asked.</param>
    /// <param name="product">The answer: n² little-endian int32.</param>
    /// <param name="commitment">keccak256 of the product, as it was committed before the beacon.</param>
    /// <param name="beacon">A beacon of a later epoch than the commitment.</param>
    /// <param name="rounds">Vectors to try.</param>
    /// <returns>Null when it holds; else <see cref="Reason.ChallengeFailed"/> naming the check that failed.</returns>
    public static Rejection? Check(
        GemmChallenge challenge, ReadOnlySpan<byte> product, Hash32 commitment, Hash32 beacon, int rounds = RoundsDefault)
    {
        if (product.Length != 4L * challenge.Size * challenge.Size)
        {
            return new Rejection(Reason.ChallengeFailed, 4L * challenge.Size * challenge.Size, product.Length, "length");
        }

        return Keccak.Hash(product) != commitment
            ? new Rejection(Reason.ChallengeFailed, Subject: "commitment")
            : Check(challenge.Left(), challenge.Right(), product, challenge.Size, VectorSeed(beacon, commitment), rounds);
    }

    /// <summary>Checks C = A·B for given operands.</summary>
    /// <param name="left">A: n² entries, row by row, each within ±127.</param>
    /// <param name="right">B: likewise.</param>
    /// <param name="product">C: n² little-endian int32.</param>
    /// <param name="size">n, at most <see cref="GemmChallenge.SizeMax"/>.</param>
    /// <param name="seed">Fixes the vectors; unknown to whoever made C.</param>
    /// <param name="rounds">Vectors to try, at least 1.</param>
    public static Rejection? Check(
        ReadOnlySpan<sbyte> left, ReadOnlySpan<sbyte> right, ReadOnlySpan<byte> product, int size, Hash32 seed, int rounds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, GemmChallenge.SizeMax);
        if (CheckRange(product, size) is { } outside)
        {
            return outside;
        }

        for (var round = 0; round < rounds; round++)
        {
            var vector = Vector(seed, round, size);
            var expected = Multiply(left, Multiply(right, vector));
            for (var row = 0; row < size; row++)
            {
                if (Row(product.Slice(4 * row * size, 4 * size), vector) != expected[row])
                {
                    return new Rejection(Reason.ChallengeFailed, row, round, "product");
                }
            }
        }

        return null;
    }

    /// <summary>keccak256(abi.encode(keccak256("gaib.freivalds.1"), beacon, commitment)).</summary>
    public static Hash32 VectorSeed(Hash32 beacon, Hash32 commitment) =>
        new AbiWriter(3).Utf8("gaib.freivalds.1").Hash(beacon).Hash(commitment).Hash();

    private static Rejection? CheckRange(ReadOnlySpan<byte> product, int size)
    {
        // Within the range no two different entries are congruent, so a multiple of the modulus can't be added unseen.
        var most = (long)size * GemmChallenge.EntryMax * GemmChallenge.EntryMax;
        for (var at = 0; at < product.Length; at += 4)
        {
            var entry = BinaryPrimitives.ReadInt32LittleEndian(product[at..]);
            if (Math.Abs((long)entry) > most)
            {
                return new Rejection(Reason.ChallengeFailed, most, entry, "range");
            }
        }

        return null;
    }

    private static long[] Vector(Hash32 seed, int round, int size)
    {
        var draws = new KeccakStream(new AbiWriter(2).Hash(seed).UInt((uint)round).Hash());
        var vector = new long[size];
        for (var i = 0; i < size; i++)
        {
            vector[i] = 1 + (long)draws.Next((ulong)Modulus - 1);
        }

        return vector;
    }

    /// <summary>matrix · vector modulo 2^31 − 1, each entry in 0 … 2^31 − 2.</summary>
    private static long[] Multiply(ReadOnlySpan<sbyte> matrix, long[] vector)
    {
        var product = new long[vector.Length];
        for (var row = 0; row < vector.Length; row++)
        {
            // |entry| ≤ 127 < 2^7, the vector is below 2^31 and n below 2^17: the sum stays below 2^55.
            var entries = matrix.Slice(row * vector.Length, vector.Length);
            var sum = 0L;
            for (var i = 0; i < entries.Length; i++)
            {
                sum += entries[i] * vector[i];
            }

            product[row] = Reduce(sum);
        }

        return product;
    }

    private static long Row(ReadOnlySpan<byte> entries, long[] vector)
    {
        var sum = 0L;
        for (var i = 0; i < vector.Length; i++)
        {
            // 2^31 ≡ 1, so the high part is added to the low 31 bits; what is left stays below 2^32, and the sum below 2^49.
            var term = BinaryPrimitives.ReadInt32LittleEndian(entries[(4 * i)..]) * vector[i];
            sum += (term & Modulus) + (term >> 31);
        }

        return Reduce(sum);
    }

    private static long Reduce(long value)
    {
        var rest = value % Modulus;
        return rest < 0 ? rest + Modulus : rest;
    }
}
